from odoo import api, fields, models, tools


class KundenportalFunction(models.Model):
    """A part of the portal that can be unlocked; whoever has it is in its group."""

    _name = "kundenportal.function"
    _description = "Portal Function"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    description = fields.Char(translate=True, help="The line under the name on the tile.")
    icon = fields.Char(help="Name of a Font Awesome 4.7 icon, such as fa-print.")
    url = fields.Char(string="Page", required=True, help="Where the tile leads.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    group_id = fields.Many2one(
        "res.groups", required=True, readonly=True, ondelete="restrict",
        help="Portal users who have the function are put into this group by the portal itself.",
    )
    is_main_user_only = fields.Boolean(
        string="Main Users Only", help="Users never have this function, whatever is ticked."
    )
    has_page = fields.Boolean(
        compute="_compute_has_page", search="_search_has_page",
        help="Whether an installed module serves the page; without one there is no tile.",
    )

    _code_unique = models.Constraint("UNIQUE (code)", "A function's code must be unique.")
    _group_unique = models.Constraint("UNIQUE (group_id)", "Each function needs a group of its own.")

    @api.depends("url")
    def _compute_has_page(self):
        router = self.env["ir.http"].routing_map().bind("")
        for function in self:
            function.has_page = bool(function.url) and router.test(function.url, "GET")

    def _search_has_page(self, operator, value):
        if operator != "in":
            return NotImplemented
        functions = self.sudo().with_context(active_test=False).search([])
        return [("id", "in", functions.filtered(lambda f: f.has_page in value).ids)]

    @api.model_create_multi
    def create(self, vals_list):
        functions = super().create(vals_list)
        self.env["res.users"]._sync_portal_functions()
        self.env.registry.clear_cache()
        return functions

    def write(self, vals):
        result = super().write(vals)
        if not {"active", "group_id", "is_main_user_only"}.isdisjoint(vals):
            self.env["res.users"]._sync_portal_functions()
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["res.users"]._sync_portal_functions()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_tiles(self):
        """Return what the portal's home needs of every function that has a page.

        :return: in display order, one tuple ``(group_id, code, name, description, icon, url)`` each
        :rtype: tuple[tuple]
        """
        return tuple(
            (f.group_id.id, f.code, f.name, f.description or "", f.icon or "fa-circle-o", f.url)
            for f in self.sudo().search([])
            if f.has_page
        )
