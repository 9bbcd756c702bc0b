from odoo import models

from ..tools.data_archive import Section


class ResPartner(models.Model):
    """Cases and appointments in a customer's copy of its own data."""

    _inherit = "res.partner"

    # === HOOKS === #

    def _get_portal_export_sections(self):
        return [
            *super()._get_portal_export_sections(),
            self._export_cases(),
            self._export_appointments(),
        ]

    # === BUSINESS METHODS === #

    def _export_cases(self):
        labels = {
            "number": self.env._("Number"),
            "title": self.env._("Subject"),
            "type": self.env._("Type"),
            "stage": self.env._("Status"),
            "date": self.env._("Date"),
            "description": self.env._("Description"),
            "closed_on": self.env._("Closed on"),
            "label": self.env._("Question"),
            "value": self.env._("Answer"),
            "from": self.env._("From"),
            "text": self.env._("Text"),
            "forms": self.env._("Forms"),
            "questionnaires": self.env._("Questionnaires"),
            "answers": self.env._("Answers"),
            "conversation": self.env._("Conversation"),
            "files": self.env._("Files"),
        }
        rows = self._iter_for_export(
            self._find_own_of("kundenportal.activity"), self._prepare_cases
        )
        return Section("activities", self.env._("Requests"), labels, rows)

    def _find_own_of(self, model_name):
        """Return what the portal shows the acting customer, and is its own."""
        records = self.env[model_name]
        if not records.has_access("read"):
            return records
        return records.search([("partner_id", "=", self.id)])

    def _prepare_cases(self, cases):
        for case, row in zip(cases, cases._prepare_portal_rows(), strict=True):
            case_sudo = case.sudo()  # read above; what follows is what its page shows
            messages_sudo = case._get_portal_messages()
            files_sudo = case._get_portal_files() - messages_sudo.attachment_ids
            yield {
                **{key: row[key] for key in ("number", "title", "type", "stage", "date")},
                "description": self._export_text(case._get_portal_description()),
                "closed_on": case_sudo.closed_on or None,
                "forms": [
                    self._export_response(response)
                    for response in case_sudo.form_response_ids
                    if response.state == "done"
                ],
                "questionnaires": self._export_questionnaires(case_sudo),
                "conversation": [
                    {
                        "date": message.date,
                        "from": message.author_id.name or message.email_from or "",
                        "text": self._export_text(message.body),
                        "files": self._export_files(message.attachment_ids),
                    }
                    for message in messages_sudo
                ],
                "files": self._export_files(
                    files_sudo - case_sudo.form_response_ids.answer_ids.attachment_ids
                ),
            }

    def _export_response(self, response_sudo):
        return {
            "title": response_sudo.name,
            "date": response_sudo.answered_on,
            "answers": [
                {
                    "label": answer.label,
                    "value": answer.value or "",
                    "files": self._export_files(answer.attachment_ids),
                }
                for answer in response_sudo.answer_ids
            ],
        }

    def _export_questionnaires(self, case_sudo):
        answers_sudo = self.env["survey.user_input"].sudo()  # its own answers only
        found_sudo = answers_sudo.search(
            [
                ("portal_activity_id", "=", case_sudo.id),
                ("partner_id", "=", self.id),
                ("state", "=", "done"),
            ]
        )
        return [
            {
                "title": answer.survey_id.title,
                "date": answer.end_datetime or None,
                "text": self._export_text(answer._format_portal_answers()),
            }
            for answer in found_sudo
        ]

    def _export_appointments(self):
        labels = {
            "window": self.env._("Time"),
            "case": self.env._("Request"),
            "state_name": self.env._("Status"),
            "address": self.env._("Address"),
            "who": self.env._("Technicians"),
        }

        def prepare(appointments):
            for row in appointments._prepare_portal_rows():
                yield {
                    **{key: row[key] for key in ("start", "stop", "window", "case", "state_name")},
                    "address": row["address"],
                    "who": ", ".join(row["technicians"]),
                }

        rows = self._iter_for_export(self._find_own_of("kundenportal.appointment"), prepare)
        return Section("appointments", self.env._("Appointments"), labels, rows)
