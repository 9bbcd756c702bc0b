import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: Recipients that are written by one statement and committed together.
BATCH = 10000
#: Up to so many have their copy before the button returns; a job does the rest.
AT_ONCE = 500

#: Contacts that are to get a message: chosen ones, and those of customer groups whose portal is our
#: company's. Only above the last that has its copy, so that each batch reads its own share.
AUDIENCE = """
    SELECT p.id, p.commercial_partner_id, p.is_company
      FROM (
           SELECT partner_id FROM kundenportal_message_partner_rel
            WHERE message_id = %(message)s AND partner_id > %(after)s
            UNION
           SELECT tag.partner_id
             FROM kundenportal_message_group_rel g
             JOIN res_partner_category c ON c.id = g.category_id AND c.is_portal_group
             JOIN res_partner_res_partner_category_rel tag
               ON tag.category_id = c.id AND tag.partner_id > %(after)s
            WHERE g.message_id = %(message)s
              AND NOT EXISTS (
                  SELECT FROM res_users u
                   WHERE u.partner_id = tag.partner_id AND u.active AND u.share
                     AND u.company_id <> %(company)s
              )
           ) chosen
      JOIN res_partner p ON p.id = chosen.partner_id
     WHERE p.active AND (p.company_id IS NULL OR p.company_id = %(company)s)
"""

#: A mail is due for companies, whose main users are asked for later, and for who can sign in and
#: read. Two runs at once find the other's rows: nobody gets two copies.
DELIVER = """
    WITH page AS (
        %(audience)s ORDER BY p.id LIMIT %(limit)s
    ), delivered AS (
        INSERT INTO kundenportal_message_recipient (
            message_id, partner_id, commercial_partner_id, company_id, is_to_company, sent_on,
            notice_due
        )
        SELECT %(message)s, p.id, COALESCE(p.commercial_partner_id, p.id), %(company)s,
               COALESCE(p.is_company, FALSE), %(now)s,
               CASE WHEN p.is_company OR EXISTS (
                   SELECT FROM res_users u
                     JOIN res_groups_users_rel r ON r.uid = u.id AND r.gid = %(function)s
                    WHERE u.partner_id = p.id AND u.active
               ) THEN 'message' END
          FROM page p
            ON CONFLICT (message_id, partner_id) DO NOTHING
     RETURNING id
    )
    SELECT (SELECT count(*) FROM page), (SELECT max(id) FROM page), (SELECT count(*) FROM delivered)
"""


class KundenportalMessage(models.Model):
    """How a message gets to its recipients: one row each, by the database, in batches.

    A batch and how far it came are committed together, so that whoever is interrupted continues
    there. When the last contact is reached, everybody is gone through once more for whom there is
    no copy: contacts that were merged or put into a group meanwhile.
    """

    _inherit = "kundenportal.message"

    # === ACTION METHODS === #

    def action_send(self):
        """Send the messages now, or at the time that was chosen.

        :raise UserError: if something is missing, or a message is on its way already
        """
        self.check_access("write")
        for message in self:
            message._check_complete()
            later = message.send_on and message.send_on > fields.Datetime.now()
            message._update_state(("draft",), "scheduled" if later else "sending")
            if later:
                self._trigger_delivery(at=message.send_on)
            else:
                message._begin_delivery()
                if message.recipient_total <= AT_ONCE:
                    message._deliver_rest()
        self._trigger_delivery()

    def action_back_to_draft(self):
        """Take back messages that wait for their time."""
        self.check_access("write")
        for message in self:
            message._update_state(("scheduled",), "draft")

    # === BUSINESS METHODS === #

    def _update_state(self, allowed, target):
        """Change the status, once whoever else is at it has finished.

        :param tuple allowed: the states that it may be changed from
        :raise UserError: in any other state
        """
        self.ensure_one()
        try:
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(self.env._("The message is being worked on; try again.")) from error
        self.invalidate_recordset(["state"])
        if self.state not in allowed:
            raise UserError(
                self.env._("The message was sent or changed by somebody else; reload the page.")
            )
        self.sudo().state = target  # nobody writes it but this
        self.flush_recordset(["state"])

    @api.model
    def _trigger_delivery(self, at=None):
        """Let the job run, now or at a time."""
        # Whoever sends cannot start jobs.
        self.env.ref("kundenportal_addon.ir_cron_message").sudo()._trigger(at=at)

    def _begin_delivery(self):
        """Count who is to get the message, so that the progress can be seen."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(SQL("SELECT count(*) FROM (%s) a", self._audience_sql(after=0)))
        self.sudo().write(  # nobody writes these
            {
                "recipient_total": self.env.cr.fetchone()[0],
                "sent_on": fields.Datetime.now(),
                "delivered_up_to": 0,
            }
        )
        self._log_sending()

    def _log_sending(self):
        """Write the entry that says who sent it: about the contact if there is only one."""
        partner = self.partner_ids if len(self.partner_ids) == 1 and not self.group_ids else None
        self.env["kundenportal.protocol"]._log(
            "message_sent", partner, note=self.subject, record=self, user=self.author_id
        )

    def _audience_sql(self, after):
        return SQL(AUDIENCE, message=self.id, after=after, company=self.company_id.id)

    def _deliver_rest(self):
        """Deliver all that is left, in one transaction."""
        while self.state == "sending":
            self._deliver_batch(BATCH)

    def _deliver_batch(self, limit=BATCH):
        """Give the next recipients their copy, by one statement, and note how far it came.

        The last batch, which finds nobody, goes through all once more and ends the sending.

        :param int limit: at most so many
        :return: the number of new copies
        :rtype: int
        """
        self.ensure_one()
        message_sudo = self.sudo()  # progress and copies are nobody's to write
        message_sudo.flush_recordset()
        # Another worker may have come further since this one looked.
        message_sudo.invalidate_recordset(["delivered_up_to", "recipient_count", "state"])
        found, last_id, delivered = self._insert_copies(
            self._audience_sql(after=message_sudo.delivered_up_to), limit
        )
        values = {}
        if found:
            values["delivered_up_to"] = last_id
        else:
            missing = SQL(
                """
                %s AND NOT EXISTS (
                    SELECT FROM kundenportal_message_recipient r
                     WHERE r.message_id = %s AND r.partner_id = p.id
                )
                """,
                self._audience_sql(after=0),
                self.id,
            )
            found, _last_id, delivered = self._insert_copies(missing, limit)
            if not found:
                values["state"] = "sent"
        count = message_sudo.recipient_count + delivered
        values["recipient_count"] = count
        if values.get("state") or count > message_sudo.recipient_total:
            values["recipient_total"] = count
        message_sudo.write(values)
        message_sudo.flush_recordset()
        return delivered

    def _insert_copies(self, audience, limit):
        """Insert the copies of the first contacts of an audience.

        :return: number of contacts, the highest id among them, number of new copies
        :rtype: tuple
        """
        self.env.cr.execute(
            SQL(
                DELIVER,
                audience=audience,
                limit=limit,
                message=self.id,
                company=self.company_id.id,
                now=self.sent_on or fields.Datetime.now(),
                function=self.env["ir.model.data"]._xmlid_to_res_id(
                    "kundenportal_addon.group_function_messages"
                ),
            )
        )
        self.env["kundenportal.message.recipient"].invalidate_model()
        self.invalidate_recordset(["recipient_ids", "read_count", "unread_count"])
        return self.env.cr.fetchone()

    # === CRON METHODS === #

    @api.model
    def _cron_send_messages(self):
        """Deliver what is due, batch by batch, then queue the mails about it."""
        due = self.search([("state", "=", "scheduled"), ("send_on", "<=", fields.Datetime.now())])
        for message in due:
            message._try("start", message._start_scheduled)
        for message in self.search([("state", "=", "sending")], order="id"):
            if not message._deliver_in_batches():
                return
        self.env["kundenportal.message.recipient"]._queue_all_notices()

    def _start_scheduled(self):
        """Begin to send what was scheduled; what cannot be sent any more is the staff's again."""
        try:
            self._check_complete()
        except (AccessError, UserError) as error:
            self._update_state(("scheduled",), "draft")
            self.env["kundenportal.protocol"]._log(
                "message_not_sent",
                None,
                note=f"{self.subject}: {error}",
                record=self,
                responsible=self.author_id.filtered("active"),
            )
            return
        self._update_state(("scheduled",), "sending")
        self._begin_delivery()

    def _deliver_in_batches(self):
        """Deliver a message, committing each batch.

        :return: whether there is time left
        :rtype: bool
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=max(self.recipient_total - self.recipient_count, 0) + 1)
        while self.state == "sending":
            delivered = self._try("deliver", self._deliver_batch)
            if delivered is None:
                return True  # the others need not wait for this one
            if not cron._commit_progress(delivered):
                return False
        return True

    def _try(self, what, function):
        """Call a step of the job and commit; an error is logged, and the job goes on.

        :return: what the function returns, None after an error
        """
        try:
            self.lock_for_update(allow_referencing=True)
            result = function() or 0
        except (LockError, OperationalError):
            self.env.cr.rollback()
            return None  # another worker is at it, or was faster
        except Exception:
            self.env.cr.rollback()
            _logger.exception("Message %s: could not %s", self.id, what)
            return None
        self.env["ir.cron"]._commit_progress()
        return result
