from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class ResPartner(models.Model):
    """Levels that come with an import, or with any other write."""

    _inherit = "res.partner"

    portal_access = fields.Selection(inverse="_inverse_portal_access")

    def _inverse_portal_access(self):
        """Give, change or take away access as the column of a file says, for officers.

        No mail is sent unless the context has ``portal_send_invitation``; who never signed in can
        be invited from the list at any time. An empty cell leaves the contact as it is.

        :raise AccessError: unless the acting user is an officer of the portal
        :raise UserError: for the first contact that cannot be given its level, with the reason
        """
        partners_by_level = self.grouped("portal_access")
        # Else the assistant would take what is wanted for what the contact has.
        self.invalidate_recordset(["portal_access"], flush=False)
        for level, partners in partners_by_level.items():
            if not level or not any(partner.portal_access != level for partner in partners):
                continue
            if not self.env.su and not self.env.user.has_group("kundenportal_addon.group_officer"):
                raise AccessError(
                    self.env._("Only officers of the customer portal may give access to it.")
                )
            if level == "none":
                partners._revoke_portal_access()
            else:
                partners._grant_imported_level(level)
        self.invalidate_recordset(["portal_access"], flush=False)

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
