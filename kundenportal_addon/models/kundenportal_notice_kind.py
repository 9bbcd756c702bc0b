from odoo import api, fields, models, tools


class KundenportalNoticeKind(models.Model):
    """A kind of mail that tells customers of something new, and that they may do without.

    A feature brings a record with its code (data/kundenportal_notice_kind.xml), asks
    ``res.partner._wants_notice(code)`` before it writes, and frames its mails with the layout
    ``kundenportal_addon.mail_layout_notice``. Mails that lead in or protect a login are no notices.
    """

    _name = "kundenportal.notice.kind"
    _description = "Kind of Notice"
    _inherit = ["kundenportal.cached.mixin"]
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    description = fields.Char(
        translate=True, help="What customers read below the name on their page of notices."
    )
    sequence = fields.Integer(default=10)
    function_ids = fields.Many2many(
        "kundenportal.function",
        readonly=True,
        help="Customers who have none of these portal functions, or before one has a page, are "
        "not asked. None at all: everybody is.",
    )
    by_mail = fields.Boolean(
        default=True,
        help="What holds for customers who have not chosen.",
    )

    _code_unique = models.Constraint("UNIQUE (code)", "The code of a notice must be unique.")

    # === BUSINESS METHODS === #

    @api.model
    def _get_offered(self, user):
        """Return the kinds that a customer may choose mail or none of.

        :param user: the customer's login
        :return: rows ``(id, code, name, description, by_mail)``, in display order
        :rtype: list[tuple]
        """
        pages = {tile[0] for tile in self.env["kundenportal.function"]._get_tiles()}
        open_ids = pages.intersection(user._get_group_ids())
        return [
            row
            for row, group_ids in self._get_kinds()
            if not group_ids or not open_ids.isdisjoint(group_ids)
        ]

    @api.model
    def _get_default(self, code):
        """Return what holds for who has not chosen.

        :param str code: code of a kind
        :return: the kind's id, and whether its notices go out by mail
        :rtype: tuple[int, bool]
        :raise ValueError: for a code that no kind has
        """
        for (kind_id, kind_code, _name, _description, by_mail), _group_ids in self._get_kinds():
            if kind_code == code:
                return kind_id, by_mail
        raise ValueError(f"Unknown kind of notice {code!r}")

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_kinds(self):
        """Return all kinds, each beside the ids of the groups that have its functions.

        :rtype: tuple[tuple]
        """
        # Customers do not read the table, but choose from it.
        return tuple(
            (
                (kind.id, kind.code, kind.name, kind.description or "", kind.by_mail),
                tuple(kind.function_ids.group_id.ids),
            )
            for kind in self.sudo().search([])
        )
