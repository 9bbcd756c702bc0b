from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..tools.case_state import RUNNING


class KundenportalActivity(models.Model):
    """Duplicates: one case stays, with everything; the others are cancelled and lead to it."""

    _inherit = "kundenportal.activity"

    # === ACTION METHODS === #

    def action_merge(self):
        """Ask which of the cases stays (action in lists and forms).

        :return: an action
        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Cases"),
            "res_model": "kundenportal.activity.merge",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_activity_ids": [Command.set(self.ids)]},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_case_bound_fields(self):
        """List the columns that name the case a record belongs to.

        Hook: each feature adds its own, so that they follow when cases are merged.

        :return: pairs ``(model, field)``
        :rtype: list[tuple[str, str]]
        """
        return [
            ("sale.order", "portal_activity_id"),
            ("kundenportal.activity", "merged_into_id"),
            ("kundenportal.activity", "origin_id"),
        ]

    def _merge_into(self, target):
        """Hand everything of these cases to another one, and cancel them.

        :param target: the case that stays
        :raise UserError: unless all are of one company, on both sides, and the target is running
        """
        (self | target).check_access("write")
        duplicates = self - target
        duplicates._check_mergeable(target)
        target_sudo, duplicates_sudo = target.sudo(), duplicates.sudo()  # write was checked
        (target_sudo | duplicates_sudo)._lock_state()
        has_reply = any(duplicates_sudo.mapped("customer_replied"))  # cancelling takes it away
        target_sudo._take_over_records(duplicates_sudo)
        company = target_sudo.commercial_partner_id
        colleagues = (duplicates_sudo.partner_id | duplicates_sudo.participant_ids).filtered(
            lambda one: one.commercial_partner_id == company and one != target_sudo.partner_id
        )
        values = {"participant_ids": [Command.link(partner.id) for partner in colleagues]}
        if any(duplicates_sudo.mapped("is_confidential")):
            values["is_confidential"] = True
        if not target_sudo.equipment_id:
            values["equipment_id"] = duplicates_sudo.equipment_id[:1].id
        target_sudo.write(values)
        for case in duplicates_sudo:
            target_sudo._take_over_text(case)
            if case.state in RUNNING:
                case._change_state("cancelled", note=target_sudo.display_name)
                case._announce_merge(target_sudo)
            self.env["kundenportal.protocol"]._close_for(case, target_sudo.display_name)
            case._own_write({"merged_into_id": target_sudo.id})
        if has_reply:
            target_sudo._own_write({"customer_replied": True})
        self.env["kundenportal.protocol"]._log(
            "activity_merged",
            target_sudo.partner_id,
            note=f"{', '.join(duplicates_sudo.mapped('number'))} → {target_sudo.display_name}",
            record=target_sudo,
            company=target_sudo.company_id,
        )

    def _check_mergeable(self, target):
        """Refuse to merge what would show somebody's case to others.

        :raise UserError: with the sentence for the staff
        """
        if not self:
            raise UserError(self.env._("Please choose at least two cases."))
        cases_sudo = (self | target).sudo()  # whose they are, whoever asks
        if len(cases_sudo.commercial_partner_id) > 1 or not all(
            case.commercial_partner_id for case in cases_sudo
        ):
            raise UserError(
                self.env._(
                    "Only cases of one customer can be merged. Move them to its contact first."
                )
            )
        if len(cases_sudo.company_id) > 1:
            raise UserError(self.env._("Only cases of one of our companies can be merged."))
        if target.state not in RUNNING:
            raise UserError(self.env._("“%s” is closed.", target.display_name))
        people = cases_sudo.partner_id | cases_sudo.participant_ids
        for case in cases_sudo.filtered("is_confidential"):
            if strangers := people - case.partner_id - case.participant_ids:
                raise UserError(
                    self.env._(
                        "“%(case)s” is confidential, and %(names)s would read it. Make them "
                        "participants first.",
                        case=case.display_name,
                        names=", ".join(strangers.mapped("display_name")),
                    )
                )

    def _take_over_records(self, duplicates):
        """Move what belongs to other cases to this one: conversation, files, what features have.

        :param duplicates: as superuser
        """
        for model_name, field_name in self._get_case_bound_fields():
            records = self.env[model_name].with_context(active_test=False)
            found = records.search([(field_name, "in", duplicates.ids)])
            if model_name == self._name:
                found -= self
            found.flush_recordset([field_name])
            if found:
                # Past the models' own rules, as of confirmed orders.
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id IN %s",
                        SQL.identifier(records._table),
                        SQL.identifier(field_name),
                        self.id,
                        found._ids,
                    )
                )
                self.env[model_name].invalidate_model([field_name])
        for model_name, column in (("mail.message", "model"), ("ir.attachment", "res_model")):
            domain = [(column, "=", self._name), ("res_id", "in", duplicates.ids)]
            self.env[model_name].search(domain).write({"res_id": self.id})
        duplicates.activity_ids.write({"res_id": self.id})

    def _announce_merge(self, target):
        """Tell the customer of a duplicate where it goes on.

        :param target: the case that stays, as superuser
        """
        case = self.with_context(lang=self.partner_id.lang)
        case.message_post(
            body=case.env._("This is the same as %s and goes on there.", target.display_name),
            message_type="notification",
            subtype_xmlid="mail.mt_comment",
        )

    def _take_over_text(self, duplicate):
        """Keep what a duplicate said, as a note for the staff.

        :param duplicate: as superuser
        """
        link = duplicate._get_html_link()
        self._message_log(body=self.env._("%s was merged into this case.", link))
        if duplicate.description:
            self._message_log(body=duplicate.description)
