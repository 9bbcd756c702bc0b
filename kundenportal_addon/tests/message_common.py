"""What tests of messages share: sending one, and the copies that customers have of it."""

from odoo.fields import Command


class MessageFixture:
    """Mixin for test cases with the portal's fixture: everybody has the function ``messages``."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.company.portal_default_function_ids |= cls.functions["messages"]
        return result

    @classmethod
    def _send_message(cls, *partners, subject="News", body="<p>Text</p>", author=None, **values):
        """Send a message now, as staff do.

        :param partners: contacts and companies
        :return: the copies, in the order of the partners
        """
        message = (
            cls.env["kundenportal.message"]
            .with_user(author or cls.officer)
            .create(
                {
                    "subject": subject,
                    "body": body,
                    "partner_ids": [Command.set([partner.id for partner in partners])],
                    **values,
                }
            )
        )
        message.action_send()
        cls.env.flush_all()
        copies = {copy.partner_id: copy for copy in message.sudo().recipient_ids}
        found = [copies[partner].sudo(False).with_user(cls.env.user) for partner in partners]
        return found[0].browse([copy.id for copy in found]).with_env(cls.env)

    def readings(self, copy, contact=None):
        """Return who has read a copy, or whether the contact has."""
        domain = [("recipient_id", "=", copy.id)]
        if contact:
            domain.append(("partner_id", "=", contact.id))
        self.env.invalidate_all()
        return self.env["kundenportal.message.reading"].search(domain)
