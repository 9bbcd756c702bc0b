import logging
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import html2plaintext

_logger = logging.getLogger(__name__)

#: Copies whose mails are queued and committed together.
NOTICE_BATCH = 200
#: Nobody is reminded of the same message more often.
REMIND_AGAIN = timedelta(hours=20)
EXCERPT = 200
#: Where it is kept when the mail was queued.
MAILED_ON = {"message": "notified_on", "reminder": "reminded_on"}


class KundenportalMessageRecipient(models.Model):
    """The mails that say that a message is there, one at most for a person and a message."""

    _inherit = "kundenportal.message.recipient"

    # === ACTION METHODS === #

    def action_remind(self):
        """Remind those who have not read their copies, by a mail where they want any.

        :return: a notification that says how many are reminded
        :rtype: dict
        """
        self.env["kundenportal.message"].check_access("write")
        self.check_access("read")
        count = self._remind()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if count else "warning",
                "message": self.env._(
                    "Unread copies whose recipients are reminded: %s. Who wants no mail, or was "
                    "reminded today, gets none.",
                    count,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS === #

    def _remind(self):
        """Let a reminder be queued for those of the copies that nobody has read.

        :return: the number of copies
        :rtype: int
        """
        limit = fields.Datetime.now() - REMIND_AGAIN
        unread = self.filtered(
            lambda copy: (
                not copy.read_on
                and not copy.notice_due
                and (not copy.reminded_on or copy.reminded_on < limit)
                and (not copy.notified_on or copy.notified_on < limit)
            )
        )
        unread.sudo().notice_due = "reminder"  # copies are nobody's to write
        for message in unread.message_id:
            self.env["kundenportal.protocol"]._log(
                "message_reminded", None, note=message.subject, record=message
            )
        if unread:
            self.env["kundenportal.message"]._trigger_delivery()
        return len(unread)

    @api.model
    def _queue_all_notices(self):
        """Queue the mails that are due, committing each batch (job)."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count([("notice_due", "!=", False)]))
        last_id = 0
        while batch := self.search(
            [("notice_due", "!=", False), ("id", ">", last_id)], order="id", limit=NOTICE_BATCH
        ):
            last_id = batch[-1].id
            try:
                batch.try_lock_for_update()._queue_notices()
            except OperationalError:
                self.env.cr.rollback()  # another worker was faster
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Mails about messages could not be queued, copies %s", batch.ids)
            if not cron._commit_progress(len(batch)):
                return

    def _queue_notices(self):
        """Queue the mails about these copies, and note that in the same transaction."""
        now = fields.Datetime.now()
        for (message, due), copies in self.grouped(
            lambda copy: (copy.message_id, copy.notice_due)
        ).items():
            if not due:
                continue  # somebody else was faster
            readers = copies._get_notice_readers(due)
            if readers:
                message._send_notices(readers, due)
            done = self.browse({copy.id for copy in readers.values()})
            if due in MAILED_ON:
                done[MAILED_ON[due]] = now
            copies.notice_due = False
        self.flush_recordset()

    def _get_notice_readers(self, due):
        """Return who gets a mail about these copies of one message.

        Whoever can read it, has an address that may be written to, and wants mail about messages.
        Main users who have a copy of their own are told of that one only.

        :param str due: ``"message"``, ``"reminder"``, or ``"answer"``, which is for those who wrote
        :return: contact → copy
        :rtype: dict
        """
        groups = self.env["res.users"]._level_group_ids()
        function = self.env["ir.model.data"]._xmlid_to_res_id(
            "kundenportal_addon.group_function_messages"
        )
        to_firms = self.filtered("is_to_company")
        by_firm = {copy.commercial_partner_id: copy for copy in to_firms}
        own = {copy.partner_id: copy for copy in self - to_firms}
        partners = self.env["res.partner"].browse([partner.id for partner in own])
        readers = self._search_logins([function], [("partner_id", "in", partners.ids)]).partner_id
        result = {partner: own[partner] for partner in readers}
        if by_firm:
            firms = self.env["res.partner"].union(*by_firm)
            main_users = self._search_logins(
                [function, groups["main_user"]],
                [("partner_id.commercial_partner_id", "in", firms.ids)],
            ).partner_id
            told = self.search(
                [
                    ("message_id", "=", self.message_id.id),
                    ("partner_id", "in", main_users.ids),
                ]
            ).partner_id
            for partner in main_users if due == "answer" else main_users - told:
                result[partner] = by_firm[partner.commercial_partner_id]
        if due == "reminder":
            result = self._without_who_read(result)
        elif due == "answer":
            wrote = self.reply_ids.filtered(lambda reply: not reply.is_staff).author_id.partner_id
            result = {partner: copy for partner, copy in result.items() if partner in wrote}
        wanted = self.env["res.partner"].browse([partner.id for partner in result])
        wanted = wanted._wants_notice("message").filtered(
            lambda partner: (
                partner.active and partner.email_normalized and not partner.is_blacklisted
            )
        )
        return {partner: result[partner] for partner in wanted}

    @api.model
    def _search_logins(self, group_ids, domain):
        """Return the active logins that are in all of some groups."""
        conditions = [("all_group_ids", "in", [group_id]) for group_id in group_ids]
        return self.env["res.users"].search(
            [("share", "=", True), *conditions, *domain], order="id"
        )

    def _without_who_read(self, readers):
        """Leave out who has read; another main user of the company need not have."""
        read = {
            (reading.recipient_id, reading.partner_id)
            for reading in self.env["kundenportal.message.reading"].search(
                [("recipient_id", "in", self.ids)]
            )
        }
        return {partner: copy for partner, copy in readers.items() if (copy, partner) not in read}


class KundenportalMessage(models.Model):
    """The mails about one message."""

    _inherit = "kundenportal.message"

    # === ACTION METHODS === #

    def action_remind(self):
        """Remind all who have not read the messages.

        :return: a notification that says how many are reminded
        :rtype: dict
        """
        self.check_access("write")
        return (
            self.env["kundenportal.message.recipient"]
            .search([("message_id", "in", self.ids), ("read_on", "=", False)])
            .action_remind()
        )

    # === BUSINESS METHODS === #

    def _send_notices(self, readers, due):
        """Queue a mail to each reader, in its language and form of address.

        The mails name no record and are made by the superuser: else whoever may read the record,
        or caused the mail, could read what is somebody else's.

        :param dict readers: contact → its copy
        :param str due: as in ``kundenportal.message.recipient._get_notice_readers``
        """
        self.ensure_one()
        template = self.env.ref("kundenportal_addon.mail_template_message")
        partners = self.env["res.partner"].union(*readers)
        template.with_company(self.company_id).with_context(
            portal_company=self.company_id,
            portal_notice_due=due,
            portal_notices={
                partner.id: self._prepare_notice(partner, copy, due)
                for partner, copy in readers.items()
            },
        )._send_secret_mails(partners, layout="kundenportal_addon.mail_layout_notice")
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _prepare_notice(self, partner, copy, due):
        """Return what the mail to one reader says: nothing of a confidential message.

        :return: ``url``, ``title`` (the mail's subject), ``subject``, ``excerpt``
        :rtype: dict
        """
        subject = excerpt = ""
        content = {"is_failed": True} if self.is_confidential else self._render_for(partner)
        if not content["is_failed"]:
            subject = content["subject"]
            answer = due == "answer" and copy.reply_ids.filtered("is_staff").sorted("id")[-1:]
            body = content["body"]
            text = answer.body if answer else html2plaintext(body, include_references=False)
            text = " ".join(text.split())
            excerpt = f"{text[:EXCERPT]} …" if len(text) > EXCERPT else text
        env = self.with_context(lang=partner.lang).env
        title = subject or env._("New message")
        return {
            "url": f"{self.get_base_url()}/my/messages/{copy.id}",
            "title": {
                "reminder": env._("Reminder: %s", title),
                "answer": env._("Answer: %s", title),
            }.get(due, title),
            "subject": subject,
            "excerpt": excerpt,
        }
