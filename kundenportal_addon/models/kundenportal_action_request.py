from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html

from .kundenportal_action import Outcome


class KundenportalActivityAction(models.Model):
    """What staff set up for a follow-up case."""

    _inherit = "kundenportal.activity.action"

    request_type_id = fields.Many2one(
        "kundenportal.activity.type",
        string="Opens a",
        ondelete="restrict",
        help="Type of the new case; its form is filled in with it.",
    )

    @api.constrains("code", "request_type_id")
    def _check_request_type(self):
        for action in self:
            if action.code == "request" and not action.request_type_id:
                raise ValidationError(
                    self.env._("“%s” needs the type of the case that it opens.", action.name)
                )


class KundenportalActivity(models.Model):
    """A case that followed from another."""

    _inherit = "kundenportal.activity"

    origin_id = fields.Many2one(
        "kundenportal.activity",
        string="Follows From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )
    follow_up_ids = fields.One2many(
        "kundenportal.activity", "origin_id", string="Follow-Up Cases", groups="base.group_user"
    )


class KundenportalActionRequest(models.AbstractModel):
    """Open a follow-up case, or on the portal's home one such as "Request a call back"."""

    _name = "kundenportal.action.request"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Follow-Up Case"

    _template = "kundenportal_addon.portal_action_request"
    _is_for_company = True
    _is_repeatable = True
    _states = ("new", "planned", "in_progress", "waiting", "done")

    @api.model
    def _get_refusal(self, action, case):
        # Whoever may not see the new case would not find it again.
        types = self.env["kundenportal.activity.type"]._get_visible(self.env.user)
        if action.request_type_id.active and action.request_type_id in types:
            return ""
        return self.env._("This is not offered at the moment.")

    @api.model
    def _prepare(self, action, case):
        return {
            "fields": action.request_type_id.field_ids,
            "is_text_optional": bool(action.request_type_id.field_ids),
        }

    @api.model
    def _submit(self, action, case, data, files):
        form_fields = action.request_type_id.field_ids
        text, errors = self._read_text(data, is_required=not form_fields)
        answers, wrong = form_fields._read_answers(data, files)
        if errors or wrong:
            return Outcome(errors={**errors, **wrong})
        follow_up = self._open(action, case, text)
        if form_fields:
            self.env["kundenportal.form.response"]._save(follow_up, form_fields, answers)
        return self._get_outcome(follow_up)

    @api.model
    def _get_outcome(self, record):
        return Outcome(record, url=f"{record._get_portal_path()}?done=created")

    @api.model
    def _open(self, action, case, text):
        """Open the case for the acting customer, or for the same customer as the case it follows.

        :return: as superuser
        """
        user = self.env.user
        partner = user.partner_id if user.share or not case else case.partner_id
        title = f"{action.name} – {case.display_name}" if case else action.name
        return (
            self.env["kundenportal.activity"]
            .sudo()  # customers write by methods only
            .create(
                {
                    "name": title,
                    "type_id": action.request_type_id.id,
                    "description": plaintext2html(text) if text else False,
                    "partner_id": partner.id,
                    "company_id": (case.company_id or user.company_id).id,
                    "equipment_id": case.equipment_id.id,
                    "is_confidential": case.is_confidential,
                    "origin_id": case.id,
                    "channel": "portal",
                }
            )
        )
