from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import PORTAL_LEVELS


class KundenportalAccessLetter(models.TransientModel):
    """Print letters with a code to contacts that mail does not reach, and give them access."""

    _name = "kundenportal.access.letter"
    _description = "Print Access Letters"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Contacts",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    needs_access = fields.Boolean(compute="_compute_needs_access")
    portal_level = fields.Selection(
        PORTAL_LEVELS,
        string="Access as",
        default="user",
        required=True,
        help="For the contacts that have no access yet; the others keep theirs.",
    )

    @api.depends("partner_ids")
    def _compute_needs_access(self):
        for wizard in self:
            wizard.needs_access = "none" in wizard.partner_ids.mapped("portal_access")

    def action_print(self):
        """Give access where it is missing and show the letters for printing.

        The codes are in the answer to the click only; printing again makes new ones.

        :return: a client action
        :rtype: dict
        :raise UserError: naming the contacts that cannot get access, before anybody did
        """
        self.ensure_one()
        self.partner_ids.check_access("write")
        missing = self.partner_ids.filtered(lambda partner: partner.portal_access == "none")
        results = missing._grant_portal_access(self.portal_level, invite=False) if missing else {}
        refused = [partner.name for partner, code in results.items() if code != "granted"]
        if refused:
            raise UserError(
                self.env._(
                    "These contacts cannot get access, because they are blocked or internal "
                    "users: %s",
                    ", ".join(refused),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "kundenportal_print",
            "name": self.env._("Access Letter"),
            "target": "new",
            "params": {"html": self.partner_ids._render_access_letters()},
        }
