from odoo import api, fields, models


class KundenportalActivity(models.Model):
    """What a case keeps of its actions: forms that were filled in, and what was done."""

    _inherit = "kundenportal.activity"

    form_response_ids = fields.One2many(
        "kundenportal.form.response", "activity_id", string="Forms", readonly=True
    )
    action_use_ids = fields.One2many(
        "kundenportal.activity.action.use",
        "activity_id",
        string="Done by the Customer",
        readonly=True,
        groups="base.group_user",
    )

    form_action_ids = fields.Many2many(
        "kundenportal.activity.action",
        string="Forms to Fill in",
        compute="_compute_form_action_ids",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("type_id", "state")
    def _compute_form_action_ids(self):
        for case in self:
            case.form_action_ids = case._origin._get_form_actions().sudo(False)

    # === BUSINESS METHODS === #

    def _get_portal_files(self):
        files_sudo = super()._get_portal_files()
        responses_sudo = self.sudo().form_response_ids  # asked for through the case
        current = responses_sudo.filtered("is_current")
        return files_sudo | current.answer_ids.attachment_ids

    def _get_form_actions(self):
        """Return the forms of the case's type that the acting user can fill in now.

        :return: as superuser, see ``kundenportal.activity.action._find_for``
        """
        actions = self.env["kundenportal.activity.action"]
        return actions._find_for(self).filtered(lambda action: action.code == "form")
