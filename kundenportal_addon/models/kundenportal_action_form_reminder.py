from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

#: Cases whose mails are queued and committed together.
REMIND_BATCH = 100


class KundenportalActivityAction(models.Model):
    """The mail that reminds of a form some days before the date (job)."""

    _inherit = "kundenportal.activity.action"

    # === CRONS === #

    @api.model
    def _cron_remind_forms(self):
        """Remind of forms that are not finished, once for each date, committing each batch."""
        cron = self.env["ir.cron"]
        for action in self.search([("code", "=", "form"), ("remind_days", ">", 0)]):
            last_id = 0
            domain = action._get_remind_domain()
            while cases := self.env["kundenportal.activity"].search(
                domain & Domain("id", ">", last_id), order="id", limit=REMIND_BATCH
            ):
                last_id = cases[-1].id
                action._remind_of_form(cases)
                if not cron._commit_progress(len(cases)):
                    return

    # === BUSINESS METHODS === #

    def _get_remind_domain(self):
        """Return the cases whose date comes and whose form is not finished.

        :rtype: Domain
        """
        self.ensure_one()
        now = fields.Datetime.now()
        return (
            self._get_to_do_domain()
            & Domain("date_start", ">", now)
            & Domain("date_start", "<=", now + timedelta(days=self.remind_days))
        )

    def _remind_of_form(self, cases):
        """Queue the mails about one form of some cases, to those who can and want to be reminded.

        :param cases: for which it is not finished
        """
        template = self.env.ref("kundenportal_addon.mail_template_form_reminder")
        willing = cases.partner_id._wants_notice("form_reminder")
        for case in cases:
            partner = case.partner_id
            if partner not in willing or not self._can_be_reminded(case, partner):
                continue
            date = fields.Datetime.to_string(case.date_start)
            entry = self.env["kundenportal.protocol"]._log(
                "form_reminded",
                partner,
                note=f"{case.display_name}: {self.name}",
                record=case,
                company=case.company_id,
                once_key=f"{self.id}:{case.id}:{date}",
            )
            if entry:
                template.with_company(case.company_id).with_context(
                    portal_company=case.company_id,
                    portal_form=self._prepare_reminder(case, partner),
                )._send_secret_mail(partner, layout="kundenportal_addon.mail_layout_notice")
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _can_be_reminded(self, case, partner):
        """Tell whether the customer could fill the form in now, and has an address."""
        user = partner.user_ids.filtered("share")[:1]
        if not user or not partner.email_normalized or partner.is_blacklisted:
            return False
        mine = case.with_user(user)
        return mine.has_access("read") and not self.with_user(user)._get_refusal(mine)

    def _prepare_reminder(self, case, partner):
        """Return what the mail says, in the reader's language and time.

        :return: ``url``, ``form``, ``title``, ``number`` and ``date``
        :rtype: dict
        """
        localized = case.with_context(lang=partner.lang, tz=partner.tz)
        return {
            "url": case.get_base_url() + self._get_url(case),
            "form": self.with_context(lang=partner.lang).name,
            "title": localized._render_portal_texts(("portal_title",))[case.id]["portal_title"],
            "number": case.number,
            "date": fields.Date.context_today(localized, case.date_start),
        }
