from odoo import fields, models

from odoo.addons.kundenportal_addon.tools.placeholders import without_placeholders


class MailingMailing(models.Model):
    """A mailing that its recipients also find in their portal."""

    _inherit = "mailing.mailing"

    is_in_portal = fields.Boolean(
        string="Also Show in the Customer Portal",
        help="Recipients who are contacts find it among their messages, as it was mailed to them.",
    )
    portal_message_ids = fields.One2many(
        "kundenportal.message", "mailing_id", groups="kundenportal_addon.group_officer"
    )

    # === BUSINESS METHODS === #

    def _deliver_to_portal(self, model, mails):
        """Put what is mailed into the portals of the recipients that are contacts.

        Called where Odoo makes the mails and their traces, in the same transaction.

        :param str model: what the mailing goes to
        :param dict mails: id of a record → ``(normalised addresses, subject, body)`` of its mail
        """
        self.ensure_one()
        partners = self._find_portal_partners(model, {key: mail[0] for key, mail in mails.items()})
        texts = {}
        for record_id, (addresses, subject, body) in mails.items():
            partner_sudo = partners[record_id]
            if partner_sudo and partner_sudo not in texts:
                body = self._replace_mailing_links(body, addresses[0], record_id)
                texts[partner_sudo] = subject or self.subject, body
        if texts:
            self._get_portal_message()._add_mailing_copies(texts)

    def _find_portal_partners(self, model, addresses):
        """Find the contact behind each recipient; a mail to another address is not the contact's.

        A recipient without a contact of its own (of a mailing list) stands for the one login of our
        portal with its address, if it is only one.

        :param str model: what the mailing goes to
        :param dict addresses: id of a record → normalised addresses
        :return: the same ids, each with its contact, which may be empty (superuser)
        :rtype: dict
        """
        # Whom the mail goes to is decided already; who sends need not read all contacts.
        records_sudo = self.env[model].sudo().browse(addresses)
        is_contact = model == "res.partner"
        own = {r.id: r for r in records_sudo} if is_contact else records_sudo._mail_get_partners()
        logins_sudo = records_sudo.env["res.users"].search(
            [
                ("partner_id.email_normalized", "in", list(set().union(*addresses.values()))),
                ("share", "=", True),
                ("company_id", "=", (self.user_id or self.env.user).company_id.id),
            ]
        )
        by_address = logins_sudo.partner_id.grouped("email_normalized")
        found = {}
        for record_id, mailed in addresses.items():
            partners = own[record_id].filtered(lambda p, to=mailed: p.email_normalized in to)
            if not partners and not is_contact:
                candidates = [by_address[address] for address in mailed if address in by_address]
                partners = records_sudo.env["res.partner"].union(*candidates)
                partners = partners if len(partners) == 1 else partners.browse()
            found[record_id] = partners[:1]
        return found

    def _replace_mailing_links(self, body, address, record_id):
        """Let the links of the footer be the recipient's own, as Odoo does when it sends."""
        body = str(body or "")
        for path, url in (
            ("/unsubscribe_from_list", self._get_unsubscribe_url(address, record_id)),
            ("/view", self._get_view_url(address, record_id)),
        ):
            for link in (f"{self.get_base_url()}{path}", path):
                body = body.replace(f'href="{link}"', f'href="{url}"')
        return body

    def _get_portal_message(self):
        """Return the message that stands for the mailing, made with its first copy (superuser)."""
        # Who mails need not be one of the portal's staff.
        messages_sudo = self.env["kundenportal.message"].sudo()
        author = self.user_id or self.env.user
        message_sudo = messages_sudo.search([("mailing_id", "=", self.id)])
        if not message_sudo:
            message_sudo = messages_sudo.create(
                {
                    "mailing_id": self.id,
                    # What differs between the recipients stands with their copies.
                    "subject": without_placeholders(self.subject) or self.display_name,
                    "author_id": author.id,
                    "company_id": author.company_id.id,
                    "attachment_ids": self.attachment_ids.ids,
                    "allow_reply": False,
                    "state": "sent",
                    "sent_on": fields.Datetime.now(),
                }
            )
            message_sudo._log_sending()
        return message_sudo
