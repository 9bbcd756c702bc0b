from odoo import api, fields, models
from odoo.service.model import retrying
from odoo.tools import SQL

#: Contacts that are written to in one transaction.
BATCH_SIZE = 200

#: O'clock, where our company is: mails about planned announcements do not go out at midnight.
MAIL_HOUR = 6


class KundenportalAnnouncement(models.Model):
    """Whom an announcement is meant for, in SQL, and mails to them."""

    _inherit = "kundenportal.announcement"

    # === AUDIENCE === #

    def _audience_sql(self):
        """Build the condition for whom the announcement is meant for.

        The same as `res.users._is_audience_of`, which pages ask, for many at once.

        :return: condition on ``u`` (res_users) and ``p`` (its res_partner)
        :rtype: SQL
        """
        self.ensure_one()
        announcement_sudo = self.sudo()  # whoever counts need not read all that it was narrowed by
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        groups = [get_id("kundenportal_addon.group_function_announcements")]
        main_group = get_id("kundenportal_addon.group_portal_main_user")
        conditions = [
            SQL("u.active AND u.share AND p.active AND u.company_id = %s", self.company_id.id),
            self._in_groups_sql(groups),
        ]
        if self.audience == "chosen":
            if self.level:
                is_main = self._in_groups_sql([main_group])
                conditions.append(is_main if self.level == "main_user" else SQL("NOT %s", is_main))
            if announcement_sudo.function_ids:
                conditions.append(self._in_groups_sql(announcement_sudo.function_ids.group_id.ids))
            if announcement_sudo.partner_ids:
                conditions.append(
                    SQL(
                        "p.commercial_partner_id = ANY(%s)", list(announcement_sudo.partner_ids.ids)
                    )
                )
            if announcement_sudo.category_ids:
                conditions.append(
                    SQL(
                        """
                        EXISTS (
                            SELECT 1 FROM res_partner_res_partner_category_rel t
                              JOIN res_partner_category g
                                ON g.id = t.category_id AND g.active AND g.is_portal_group
                             WHERE t.partner_id IN (p.id, p.commercial_partner_id)
                               AND t.category_id = ANY(%s)
                        )
                        """,
                        list(announcement_sudo.category_ids.ids),
                    )
                )
        return SQL(" AND ").join(conditions)

    @api.model
    def _in_groups_sql(self, group_ids):
        return SQL(
            "EXISTS (SELECT 1 FROM res_groups_users_rel r WHERE r.uid = u.id AND r.gid = ANY(%s))",
            list(group_ids),
        )

    def _count_audience(self):
        """Count the contacts that see the announcement.

        :rtype: int
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SELECT COUNT(DISTINCT p.id) FROM res_users u "
                "JOIN res_partner p ON p.id = u.partner_id WHERE %s",
                self._audience_sql(),
            )
        )
        return self.env.cr.fetchone()[0]

    # === MAILS === #

    def _schedule_mails(self):
        """Have mails queued in the background as soon as they are due."""
        # Whoever publishes cannot start jobs; this one does what the announcement says.
        cron_sudo = self.env.ref("kundenportal_addon.ir_cron_announcement_mails").sudo()
        for announcement in self.filtered("is_mail_pending"):
            cron_sudo._trigger(max(announcement._get_morning(MAIL_HOUR), fields.Datetime.now()))

    @api.model
    def _cron_queue_mails(self):
        """Queue the mails of all announcements that are due, a batch of contacts a transaction.

        Killed and started again, it goes on behind the last batch that was committed.
        """
        now = fields.Datetime.now()
        due = self.search([("is_mail_pending", "=", True), ("state", "=", "published")]).filtered(
            lambda announcement: announcement._get_morning(MAIL_HOUR) <= now
        )
        commit_progress = self.env["ir.cron"]._commit_progress
        commit_progress(remaining=len(due))
        for announcement in due:
            while retrying(announcement._queue_mail_batch, self.env):
                if not commit_progress(0):
                    return
            commit_progress(1)

    def _queue_mail_batch(self):
        """Queue the mails to the next contacts of the audience.

        :return: whether there may be further ones
        :rtype: bool
        """
        self.ensure_one()
        self.invalidate_recordset()
        # Deleted or withdrawn since the job began.
        if not self.exists() or not self.is_mail_pending or not self._is_running():
            return False
        contacts = self._get_mail_batch()
        if not contacts:
            self.write({"mailed_revision": self.revision, "mail_cursor": 0})
            return False
        self.mail_cursor = contacts[-1].id
        receipts_sudo = self.env["kundenportal.announcement.receipt"]._note(
            self, contacts._wants_notice("announcement"), "mailed_on"
        )
        template = self.env.ref("kundenportal_addon.mail_template_announcement")
        template.with_company(self.company_id).send_mail_batch(
            receipts_sudo.ids, email_layout_xmlid="kundenportal_addon.mail_layout_notice"
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return True

    def _get_mail_batch(self):
        """Return the next contacts of the audience that mails reach, in the order of their ids."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT p.id
                  FROM res_users u
                  JOIN res_partner p ON p.id = u.partner_id
                 WHERE %(audience)s AND p.id > %(cursor)s AND p.email_normalized IS NOT NULL
                   AND NOT EXISTS (
                       SELECT 1 FROM mail_blacklist b
                        WHERE b.email = p.email_normalized AND b.active
                   )
              ORDER BY p.id
                 LIMIT %(limit)s
                """,
                audience=self._audience_sql(),
                cursor=self.mail_cursor,
                limit=BATCH_SIZE,
            )
        )
        return self.env["res.partner"].browse([row[0] for row in self.env.cr.fetchall()])

    def _cancel_queued_mails(self):
        """Delete the mails that have not gone out yet: they say what no longer holds.

        Published again, the same text is mailed to those who would have got one.
        """
        receipts_sudo = (
            self.env["kundenportal.announcement.receipt"]
            .sudo()  # mails are nobody's to delete but the superuser's
            .search([("announcement_id", "in", self.ids), ("mailed_on", "!=", False)])
        )
        if receipts_sudo:
            mails_sudo = receipts_sudo.env["mail.mail"].search(
                [
                    ("model", "=", receipts_sudo._name),
                    ("res_id", "in", receipts_sudo.ids),
                    ("state", "=", "outgoing"),
                ]
            )
            unsent_sudo = receipts_sudo.browse(mails_sudo.mapped("res_id"))
            unsent_sudo.mailed_on = False
            unsent_sudo.announcement_id.write({"mailed_revision": 0, "mail_cursor": 0})
            mails_sudo.unlink()
