import logging

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.typed_text import clean

_logger = logging.getLogger(__name__)


class KundenportalActivityAction(models.Model):
    """How an action is shown and done, and what happens afterwards."""

    _inherit = "kundenportal.activity.action"

    # === BUSINESS METHODS === #

    def _get_url(self, case):
        """Return the address of the action's page.

        :rtype: str
        """
        self_sudo, case_sudo = self.sudo(), case.sudo()  # see the contract
        return self_sudo._get_handler()._get_url(self_sudo, case_sudo)

    def _get_label(self, case):
        """Return what stands on the button that leads to the action.

        :rtype: str
        """
        self_sudo, case_sudo = self.sudo(), case.sudo()  # see the contract
        return self_sudo._get_handler()._get_label(self_sudo, case_sudo)

    def _get_due(self, case):
        """Return the day by which it should be done, if there is one.

        :rtype: datetime.date | None
        """
        self_sudo, case_sudo = self.sudo(), case.sudo()  # see the contract
        return self_sudo._get_handler()._get_due(self_sudo, case_sudo)

    def _prepare(self, case, typed=None, errors=None):
        """Return what the page of the action shows.

        :param case: which the user may read; empty for an action on the portal's home
        :param dict typed: what was typed, to be kept
        :param dict errors: a sentence per field, as `_submit` returned them
        :return: ``action_template`` (to be called inside of the form) and what that template needs
        :rtype: dict
        """
        self_sudo, case_sudo = self.sudo(), case.sudo()  # see the contract
        handler = self_sudo._get_handler()
        values = {"typed": {}, "fields": None, "response": None}
        values |= handler._prepare(self_sudo, case_sudo)
        values |= {"typed": values["typed"] if typed is None else typed, "errors": errors or {}}
        if values["fields"] is not None:
            values["form_fields"] = values["fields"]._prepare_portal(
                values["typed"], values["errors"], values["response"]
            )
        return {
            "action_template": handler._template,
            "action": self_sudo,
            "case": case_sudo,
            **case_sudo._prepare_portal_form(),
            **values,
        }

    def _prepare_refused(self, case, typed):
        """Return what the page shows where the action cannot be done, so that no text is lost.

        :param case: which the user may read; empty for an action on the portal's home
        :param dict typed: what was typed into the form, if it was sent
        :return: ``not_sent``, pairs of a field's label and what was typed
        :rtype: dict
        """
        if not typed:
            return {"not_sent": []}
        self_sudo, case_sudo = self.sudo(), case.sudo()  # see the contract
        form_fields = self_sudo._get_handler()._prepare(self_sudo, case_sudo).get("fields") or ()
        texts = [
            (field.name, clean(typed.get(field._get_input_name())))
            for field in form_fields
            if field.kind in ("text", "long", "number", "date")
        ]
        return {"not_sent": [(label, text) for label, text in texts if text]}

    def _submit(self, case, data, files, form_key):
        """Do it for the acting user; what was shown is asked again. Sent twice, it is done once.

        :param case: which the user may read; empty for an action on the portal's home
        :param dict data: what the browser sent
        :param files: uploads by name (``werkzeug.datastructures.MultiDict``)
        :param str form_key: one-time key of the form
        :rtype: kundenportal_action.Outcome
        :raise UserError: if it cannot be done, saying why
        """
        self.ensure_one()
        case.check_access("read")
        self._lock(case)
        self_sudo, case_sudo = self.sudo(), case.sudo()  # see the contract
        form_keys = self.env["kundenportal.form.key"]
        # What another form has made is no result of this one.
        form_key = form_key and f"action-{self.id}-{case.id}-{form_key}"
        if earlier_sudo := form_keys._find(form_key):
            return self_sudo._get_handler()._get_outcome(earlier_sudo)
        case.invalidate_recordset()  # whoever held the lock may have changed it
        if refusal := self._get_refusal(case) or self._get_throttle_refusal():
            raise UserError(refusal)
        outcome = self_sudo._get_handler()._submit(self_sudo, case_sudo, data, files)
        if not outcome.errors:
            form_keys._remember(form_key, outcome.record or case_sudo or self_sudo)
            if outcome.is_done:
                self_sudo._finish(case_sudo, outcome.record)
        return outcome

    def _lock(self, case):
        """Let one at a time act on a case, or one person at a time without one.

        A real update, so that whoever waited starts anew and sees what has been done.
        """
        table, record = ("kundenportal_activity", case) if case else ("res_users", self.env.user)
        self.env.cr.execute(
            SQL("UPDATE %s SET id = id WHERE id = %s", SQL.identifier(table), record.id),
            log_exceptions=False,
        )

    def _get_throttle_refusal(self):
        if not self.env.user._is_portal():
            return ""
        return self.env["kundenportal.throttle"]._get_refusal("activity_action", user=self.env.uid)

    def _finish(self, case_sudo, record):
        """Do what is set up for afterwards, and write down that it was done."""
        self.env["kundenportal.activity.action.use"].create(
            {
                "action_id": self.id,
                "activity_id": case_sudo.id,
                "user_id": self.env.uid,
                "partner_id": self.env.user.partner_id.id,
                "company_id": (case_sudo or self.env.user).company_id.id,
            }
        )
        subject = case_sudo or (record if record and record._name == case_sudo._name else case_sudo)
        stage = self.after_stage_id
        # Set up by staff, thus a step of theirs; left out where it has become impossible.
        if stage in case_sudo.type_id.stage_ids and (
            stage.state == case_sudo.state or case_sudo._can_change_state(stage.state)
        ):
            case_sudo._change_stage(stage)
        if subject and self.after_note:
            subject._message_log(body=self.after_note)
        self.env["kundenportal.protocol"]._log(
            "action_inbox" if self.after_inbox else "action_done",
            subject.partner_id or self.env.user.partner_id,
            note=": ".join(filter(None, (subject.display_name, self.name))),
            record=subject or None,
            responsible=subject.user_id or None,
        )
        if self.after_mail_id and subject and subject.partner_id in subject._get_invited():
            self._send_mail(subject)

    def _send_mail(self, subject):
        """Queue the mail that is set up; a template that is broken holds nobody up."""
        template = self.after_mail_id.with_company(subject.company_id)
        try:
            with self.env.cr.savepoint():
                template._send_secret_mail(subject)
        except UserError as error:
            _logger.warning("Mail of portal action %s: %s", self.id, error)
            subject._message_log(
                body=self.env._("The mail “%s” could not be written.", template.name)
            )
        else:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
