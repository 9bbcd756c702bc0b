import html
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

#: Whether a copy says something: as it was read, else as it is for everybody. Of a text that
#: differs only the fixed part of the subject counts before it is read: what a placeholder leaves
#: out for one reader is not to be found by searching either.
SAYS = """
    EXISTS (
        SELECT FROM kundenportal_message m
     LEFT JOIN kundenportal_message_reading r
            ON r.recipient_id = %(copy)s AND r.partner_id = %(partner)s
         WHERE m.id = %(message)s
           AND (
               COALESCE(r.subject, regexp_replace(m.subject, '[{][{].*?[}][}]', '', 'g'))
                   ILIKE %(text)s
               OR regexp_replace(
                   COALESCE(r.body, CASE WHEN m.has_placeholders IS NOT TRUE THEN m.body END, ''),
                   '<[^>]*>', '', 'g'
               ) ILIKE %(html)s
           )
    )
"""


class KundenportalMessageRecipient(models.Model):
    """What the portal's pages ask of a copy, as the customer who is signed in."""

    _inherit = "kundenportal.message.recipient"

    shown_subject = fields.Char(
        string="Subject",
        compute="_compute_shown",
        groups="kundenportal_addon.group_officer",
        help="As the first who opened it read it; before that as you would, with your own rights.",
    )
    shown_body = fields.Html(
        string="Text",
        compute="_compute_shown",
        sanitize=False,  # it is, see `_render_for`
        groups="kundenportal_addon.group_officer",
    )

    # === COMPUTE METHODS === #

    @api.depends("message_id", "reading_ids")
    @api.depends_context("uid")
    def _compute_shown(self):
        for copy in self:
            reading = copy.reading_ids.filtered("subject").sorted("id")[:1]
            content = copy._get_content()
            copy.shown_subject = reading.subject or content["subject"]
            copy.shown_body = reading.body if reading.subject else content["body"]

    # === BUSINESS METHODS === #

    @api.model
    def _get_unread_count(self, user):
        """Return how many copies a person may read and has not read, by one query.

        :param user: the login; 0 without the function
        :rtype: int
        """
        if not user._has_portal_function("messages"):
            return 0
        self.flush_model()
        self.env["kundenportal.message.reading"].flush_model()
        partner_sudo = user.sudo().partner_id
        is_main = user._get_portal_level() == "main_user"
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*)
                  FROM (
                       SELECT id FROM kundenportal_message_recipient
                        WHERE partner_id = %(partner)s
                        UNION
                       SELECT id FROM kundenportal_message_recipient
                        WHERE commercial_partner_id = %(firm)s AND is_to_company
                       ) copy
                 WHERE NOT EXISTS (
                       SELECT FROM kundenportal_message_reading r
                        WHERE r.recipient_id = copy.id AND r.partner_id = %(partner)s
                          AND r.has_news IS NOT TRUE
                       )
                """,
                partner=partner_sudo.id,
                firm=partner_sudo.commercial_partner_id.id if is_main else None,
            )
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _get_portal_domain(self, search=""):
        """Return the condition for a customer's list; the rules say whose copies these are.

        :param str search: words of the subject or of the text
        """
        words = search.split()[:10]
        if not words:
            return Domain.TRUE
        self.env["kundenportal.message"].flush_model(["subject", "body", "has_placeholders"])
        self.env["kundenportal.message.reading"].flush_model()
        return Domain.AND(
            Domain.custom(to_sql=partial(self._get_word_sql, word=word)) for word in words
        )

    @api.model
    def _get_word_sql(self, model, alias, query, word):
        """Return the condition that a copy says a word, see `SAYS`; takes what Odoo passes."""
        return SQL(
            SAYS,
            copy=SQL.identifier(alias, "id"),
            message=SQL.identifier(alias, "message_id"),
            partner=model.env.user.partner_id.id,
            text=f"%{escape_psql(word)}%",
            html=f"%{escape_psql(html.escape(word, quote=False))}%",
        )

    @api.model
    def _search_for_portal(self, search="", limit=None, offset=0):
        """Return a page of the acting customer's copies: unread ones first, newest first.

        :param str search: words of the subject or of the text
        :param int limit: rows of the page
        :param int offset: rows before it
        :rtype: recordset
        """
        query = self._search(self._get_portal_domain(search))
        self.env["kundenportal.message.reading"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT copy.id
                  FROM kundenportal_message_recipient copy
             LEFT JOIN kundenportal_message_reading r
                    ON r.recipient_id = copy.id AND r.partner_id = %(partner)s
                 WHERE copy.id IN %(ids)s
              ORDER BY r.id IS NOT NULL AND r.has_news IS NOT TRUE, copy.id DESC
                 LIMIT %(limit)s OFFSET %(offset)s
                """,
                partner=self.env.user.partner_id.id,
                ids=query.subselect(),
                limit=limit,
                offset=offset,
            )
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    @api.model
    def _count_for_portal(self, search=""):
        """Return how many copies `_search_for_portal` finds without a limit."""
        return self.search_count(self._get_portal_domain(search))

    def _get_reader(self):
        """Return the contact that reads: the acting customer, if it is one the copy is for.

        :return: for anybody else the recipient itself
        """
        self.ensure_one()
        reader = self.env.user.partner_id
        return reader if self._is_for(self.env.user) else self.sudo().partner_id

    def _is_for(self, user):
        """Tell whether a login is one of those that the copy is for."""
        self.ensure_one()
        copy_sudo = self.sudo()
        partner_sudo = user.sudo().partner_id
        if not user._has_portal_function("messages"):
            return False
        return partner_sudo == copy_sudo.partner_id or (
            copy_sudo.is_to_company
            and partner_sudo.commercial_partner_id == copy_sudo.commercial_partner_id
            and user._get_portal_level() == "main_user"
        )

    def _get_reading(self):
        """Return that the acting customer has read the copy, empty if it has not (superuser)."""
        self.ensure_one()
        return (
            self.env["kundenportal.message.reading"]
            .sudo()  # customers do not read the table
            .search(
                [
                    ("recipient_id", "=", self.id),
                    ("partner_id", "=", self.env.user.partner_id.id),
                ]
            )
        )

    def _get_content(self):
        """Return what the copy says to the acting customer: as it was read, or as it reads now.

        Staff see what the recipient would, with their own rights.

        :return: ``subject``, ``body`` (safe HTML), and ``is_failed``
        :rtype: dict
        :raise AccessError: for copies that the acting user may not read
        """
        self.ensure_one()
        self.check_access("read")
        reading_sudo = self._get_reading()
        if reading_sudo.subject:
            return {
                "subject": reading_sudo.subject,
                "body": reading_sudo.body or "",
                "is_failed": False,
            }
        staff = None if self._is_for(self.env.user) else self.env.user
        return self.sudo().message_id._render_for(self._get_reader(), staff)

    def _mark_read(self):
        """Keep that the acting customer reads the copy, and what it says to it; POST only.

        Staff never read in a customer's stead. What could not be filled in is not kept.

        :return: whether this was the first time
        :rtype: bool
        :raise AccessError: for copies that the acting user may not read
        """
        self.ensure_one()
        self.check_access("read")
        if not self._is_for(self.env.user):
            return False
        copy_sudo = self.sudo()  # customers write neither copies nor readings
        content = self._get_content()
        is_frozen = copy_sudo.message_id.has_placeholders
        if content["is_failed"]:
            is_frozen = False
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO kundenportal_message_reading (
                    recipient_id, partner_id, read_on, subject, body
                )
                VALUES (%s, %s, %s, %s, %s)
                    ON CONFLICT (recipient_id, partner_id) DO NOTHING
                 RETURNING id
                """,
                self.id,
                self.env.user.partner_id.id,
                fields.Datetime.now(),
                content["subject"] if is_frozen else None,
                str(content["body"]) if is_frozen else None,
            )
        )
        if not self.env.cr.fetchone():
            return False
        copy_sudo.invalidate_recordset(["reading_ids"])
        if not copy_sudo.read_on:
            copy_sudo.write({"read_on": fields.Datetime.now(), "notice_due": False})
        self.env["kundenportal.protocol"]._log(
            "message_read",
            self.env.user.partner_id,
            note=content["subject"],
            record=copy_sudo.message_id,
        )
        return True

    def _get_attachments(self):
        """Return the files of the message, after asking whether the acting user reads the copy.

        :return: as superuser: files belong to the message, which customers do not read
        :raise AccessError: for copies that the acting user may not read
        """
        self.check_access("read")
        return self.sudo().message_id.attachment_ids
