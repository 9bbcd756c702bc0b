from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import PORTAL_ACCESS


class ResPartner(models.Model):
    """Levels that come with an import, or with any other write.

    No inverse of the field: while one runs, Odoo takes the field for empty, and the assistant would
    take everybody for a newcomer.
    """

    _inherit = "res.partner"

    portal_access = fields.Selection(readonly=False)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(
            [
                {name: value for name, value in vals.items() if name != "portal_access"}
                for vals in vals_list
            ]
        )
        levels = {
            partner: vals.get("portal_access")
            for partner, vals in zip(partners, vals_list, strict=True)
        }
        for level, newcomers in partners.grouped(levels.get).items():
            newcomers._set_portal_access(level)
        return partners

    def write(self, vals):
        if "portal_access" not in vals:
            return super().write(vals)
        vals = dict(vals)
        level = vals.pop("portal_access")
        result = super().write(vals)
        self._set_portal_access(level)
        return result

    # === BUSINESS METHODS === #

    def _set_portal_access(self, level):
        """Give, change or take away access as the column of a file says, for officers.

        No mail is sent unless the context has ``portal_send_invitation``; who never signed in can
        be invited from the list at any time.

        :param level: a key of `PORTAL_ACCESS`; empty leaves the contacts as they are
        :raise AccessError: unless the acting user is an officer of the portal
        :raise UserError: for another level, and for the first contact that cannot be given it
        """
        if level and level not in dict(PORTAL_ACCESS):
            raise UserError(self.env._("There is no level “%s”.", level))
        changing = level and self.filtered(lambda partner: partner.portal_access != level)
        if not changing:
            return
        if not self.env.su and not self.env.user.has_group("kundenportal_addon.group_officer"):
            raise AccessError(
                self.env._("Only officers of the customer portal may give access to it.")
            )
        if level == "none":
            changing._revoke_portal_access()
        else:
            changing._grant_imported_level(level)

    def _grant_imported_level(self, level):
        """Give the contacts a level, all or none of them.

        :param str level: ``"user"`` or ``"main_user"``
        :raise UserError: for the first that is refused, with the reason
        """
        wizard = self.env["portal.wizard"].create(
            {
                "partner_ids": [(6, 0, self.ids)],
                "portal_invite": bool(self.env.context.get("portal_send_invitation")),
            }
        )
        wizard.user_ids.portal_level = level
        wizard.user_ids._grant_each()
        labels = dict(wizard.user_ids._fields["result"]._description_selection(self.env))
        for row in wizard.user_ids:
            if row.result not in ("granted", "level_changed", "had_it"):
                raise UserError(
                    self.env._(
                        "%(contact)s cannot be given access: %(reason)s",
                        contact=row.partner_id.display_name,
                        reason=row.result_note or labels[row.result],
                    )
                )

    def _convert_fields_to_values(self, field_names):
        """Read what a company hands down to its contacts as Odoo writes it: as superuser.

        Odoo's import forgets to, and refuses contacts of a company to staff without accounting
        rights, because of the credit limit.
        """
        return super(ResPartner, self.sudo())._convert_fields_to_values(field_names)
