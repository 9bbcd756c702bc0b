from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..const import PORTAL_LEVELS


class KundenportalLevelAssistant(models.TransientModel):
    """Puts portal users from before the installation on a level: shows first, then applies."""

    _name = "kundenportal.level.assistant"
    _description = "Assistant: Levels for Existing Portal Users"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    line_ids = fields.One2many(
        "kundenportal.level.assistant.line",
        "assistant_id",
        string="Portal Users",
        default=lambda self: self._default_line_ids(),
    )

    @api.model
    def _default_line_ids(self):
        return [
            Command.create({"user_id": user.id, "level": self._propose_level(user)})
            for user in self._get_users_without_level(self.env.company)
        ]

    @api.model
    def _get_users_without_level(self, company):
        """Return the active portal users of a company that have no level yet."""
        levels = list(self.env["res.users"]._level_group_ids().values())
        # The assistant is for managers, who need not be able to read logins otherwise.
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("all_group_ids", "in", self.env.ref("base.group_portal").ids),
                    # Asked of all_group_ids, a group beside the level's would count as having none.
                    ("group_ids", "not in", levels),
                ]
            )
        )

    @api.model
    def _propose_level(self, user):
        """Main user for whoever stands for the company itself, User for its contacts."""
        return "main_user" if user.partner_id == user.commercial_partner_id else "user"

    def action_apply(self):
        """Put every listed portal user on the level beside it; nobody gets a mail.

        :return: a notification with the number of users
        :rtype: dict
        """
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("This company is not one of yours."))
        waiting = self._get_users_without_level(self.company_id)
        labels = dict(self.line_ids._fields["level"]._description_selection(self.env))
        applied = 0
        for level, lines in self.line_ids.grouped("level").items():
            users_sudo = lines.user_id.sudo() & waiting  # see _get_users_without_level
            users_sudo._set_portal_level(level)
            applied += len(users_sudo)
            label = labels[level]
            for user in users_sudo:
                self.env["kundenportal.protocol"]._log(
                    "access_granted", user.partner_id, note=label, company=self.company_id
                )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Portal users put on a level: %s", applied),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class KundenportalLevelAssistantLine(models.TransientModel):
    _name = "kundenportal.level.assistant.line"
    _description = "Assistant: Level of One Portal User"

    assistant_id = fields.Many2one(
        "kundenportal.level.assistant", required=True, ondelete="cascade"
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="user_id.partner_id", string="Contact")
    commercial_partner_id = fields.Many2one(
        related="user_id.partner_id.commercial_partner_id", string="Company of the Customer"
    )
    login = fields.Char(related="user_id.login")
    level = fields.Selection(PORTAL_LEVELS, required=True)
