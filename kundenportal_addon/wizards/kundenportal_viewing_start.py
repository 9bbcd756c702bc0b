from odoo import api, fields, models
from odoo.exceptions import UserError


class KundenportalViewingStart(models.TransientModel):
    """Ask why somebody looks at the portal through a customer's eyes, and begin.

    For a contact without access it says which tiles and functions there would be.
    """

    _name = "kundenportal.viewing.start"
    _description = "View the Portal as a Customer"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Char(help="For the protocol, which shows it with both names.")
    refusal = fields.Char(compute="_compute_refusal")
    is_outsider = fields.Boolean(
        compute="_compute_refusal", help="Whether the contact has no access to the portal at all."
    )
    tile_ids = fields.Many2many(
        "kundenportal.function", string="Tiles", compute="_compute_functions"
    )
    other_function_ids = fields.Many2many(
        "kundenportal.function", string="Functions without a Page", compute="_compute_functions"
    )
    function_sources = fields.Text(related="partner_id.portal_function_sources")

    @api.constrains("partner_id")
    def _check_partner(self):
        """Let nobody ask about contacts that it may not read: the fields above would tell.

        :raise AccessError: for whoever may not
        """
        self.sudo(False).partner_id.check_access("read")  # Odoo checks as superuser

    @api.depends("partner_id")
    def _compute_refusal(self):
        for wizard in self:
            wizard.refusal = wizard.env["kundenportal.viewing"]._get_refusal(wizard.partner_id)
            wizard.is_outsider = wizard.partner_id.portal_state in ("none", "blocked") and not (
                wizard.partner_id.portal_user_id.active
            )

    @api.depends("partner_id")
    def _compute_functions(self):
        for wizard in self:
            functions = wizard.partner_id.portal_function_ids
            wizard.tile_ids = functions.filtered("has_page")
            wizard.other_function_ids = functions - wizard.tile_ids

    def action_start(self):
        """Begin the view in this browser and open the portal in another tab.

        :return: an action
        :rtype: dict
        :raise UserError: for whoever has no browser with a session, or gives no reason
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env["ir.http"]._has_session_to_view():
            raise UserError(self.env._("The portal can be viewed in a browser only."))
        viewing = self.env["kundenportal.viewing"]._begin(self.partner_id, self.reason)
        self.env["ir.http"]._remember_viewing(viewing)
        return {"type": "ir.actions.act_url", "url": "/my", "target": "new", "close": True}

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("View Portal as Customer"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
