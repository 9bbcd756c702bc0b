import base64
import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..tools import ics
from .res_users_invitation import NO_DOCUMENT

_logger = logging.getLogger(__name__)

#: Of each change the mail that tells the customer.
TEMPLATES = {
    "requested": "kundenportal_addon.mail_template_appointment_requested",
    "booked": "kundenportal_addon.mail_template_appointment_booked",
    "moved": "kundenportal_addon.mail_template_appointment_moved",
    "cancelled": "kundenportal_addon.mail_template_appointment_cancelled",
}
REMINDER = "kundenportal_addon.mail_template_appointment_reminder"

LAYOUT = "kundenportal_addon.mail_layout_notice"

#: Appointments that are reminded of, and committed, together.
BATCH = 100


class KundenportalAppointment(models.Model):
    """What customers are told, with an entry for their calendar; and reminded of (job)."""

    _inherit = "kundenportal.appointment"

    # === CRONS === #

    @api.model
    def _cron_remind(self):
        """Remind customers of appointments whose time has come, committing each batch."""
        cron = self.env["ir.cron"]
        due = [("remind_on", "<=", fields.Datetime.now())]
        while appointments := self.search(due, order="id", limit=BATCH):
            appointments._own_write({"remind_on": False})
            appointments._remind()
            if not cron._commit_progress(len(appointments)):
                return

    # === BUSINESS METHODS === #

    @api.model
    def _get_reminder_time(self, company, start):
        """Return when customers are reminded of an appointment; False for never.

        :param company: our company, as superuser
        :param datetime start: when it begins, in UTC
        :rtype: datetime | bool
        """
        hours = company.portal_appointment_reminder_hours
        moment = start - timedelta(hours=hours)
        # Whoever has booked just now remembers.
        return moment if hours and moment > fields.Datetime.now() else False

    def _plan_reminder(self, start):
        """Return when the customer of the appointment is reminded, see `_get_reminder_time`."""
        return self._get_reminder_time(self.company_id, start)

    def _remind(self):
        """Queue a reminder for each, unless there is nothing any more to be reminded of."""
        now = fields.Datetime.now()
        for appointment in self:
            if appointment.state in ("booked", "conflict") and appointment.start > now:
                appointment._mail_customer(REMINDER)
                self.env["kundenportal.protocol"]._log(
                    "appointment_reminded",
                    appointment.partner_id,
                    note=appointment._describe(),
                    record=appointment,
                    company=appointment.company_id,
                )

    def _mail_change(self, what):
        """Tell the customer what became of the appointment.

        :param str what: a key of ``TEMPLATES``
        """
        is_over = self.stop <= fields.Datetime.now()
        if not is_over:
            self._mail_customer(TEMPLATES[what], has_entry=what != "requested")

    def _mail_customer(self, xmlid, has_entry=True):
        """Queue a mail to the customer, if it wants such mails and knows of the case.

        A template that is broken holds nobody up.

        :param str xmlid: of a template for appointments
        :param bool has_entry: whether an entry for the customer's calendar goes with it
        """
        self.ensure_one()
        partner = self.partner_id
        if not (
            partner.email_normalized
            and partner._wants_notice("appointment")
            and self.activity_id.type_id.is_in_portal
        ):
            return
        # Templates are staff's, the queue of mails administrators'.
        template = self.env.ref(xmlid).sudo().with_company(self.company_id)
        values = dict(NO_DOCUMENT)
        if has_entry:
            values["attachments"] = [self._prepare_entry()]
        try:
            with self.env.cr.savepoint():
                # See `mail.template._send_secret_mail`; Odoo makes the files after the mail.
                template.with_user(SUPERUSER_ID).send_mail(
                    self.id, email_layout_xmlid=LAYOUT, email_values=values
                )
        except UserError as error:
            _logger.warning("Mail about appointment %s: %s", self.id, error)
            note = self.env._("The mail “%s” could not be written.", template.name)
            self.activity_id._message_log(body=note)
            return
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()  # see above

    def _prepare_entry(self):
        """Return name and content of the file for the customer's calendar, in its language.

        :return: the content is base64, as mails take it
        :rtype: tuple[str, bytes]
        """
        localized = self.with_context(lang=self.partner_id.lang)
        name = localized.env._("appointment.ics")
        return name, base64.b64encode(localized._get_ics())

    def _get_ics(self):
        """Return the entry for the customer's calendar: nothing in it that only staff know.

        :rtype: bytes
        """
        self.ensure_one()
        self_sudo = self.sudo()  # of whoever has been let in
        case = self_sudo.activity_id
        title = case._render_portal_texts(("portal_title",))[case.id]["portal_title"]
        # Some programs take more signs for the end of a line than the standard does: `split` them.
        database = self_sudo.env["ir.config_parameter"].get_param("database.uuid")
        names = ", ".join(self_sudo._get_portal_technicians())
        return ics.entry(
            f"kundenportal-{self.id}@{database}",
            self.start,
            self.stop,
            " ".join(f"{self_sudo.company_id.name}: {title}".split()),
            stamp=fields.Datetime.now(),
            revision=self_sudo.revision,
            cancelled=self.state == "cancelled",
            location=self_sudo._get_place(),
            description="\n".join(" ".join(it.split()) for it in (case.number, names) if it),
            url=case.get_base_url() + case._get_portal_path(),
        )
