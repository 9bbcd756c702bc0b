from odoo.exceptions import UserError

from .common import PortalCase


class ColleaguesCase(PortalCase):
    """Main users of the fixture act on the contacts of their company."""

    @classmethod
    def _extend_portal_fixture(cls):
        cls.company.portal_colleague_approval = False
        cls.main2 = cls._create_contact("Max Main", "max@nord.example", cls.nord, "main_user")
        cls.new = cls._create_contact("Nora Neu", "nora@nord.example", cls.nord)

    def setUp(self):
        super().setUp()
        # The throttle counts in a transaction of its own.
        self.enterContext(self.enter_registry_test_mode())

    def act(self, actor, target, method, *args):
        """Call a method of a contact as the login of another."""
        return getattr(target.with_user(actor.user_ids), method)(*args)

    def refused(self, actor, target, method, *args, error=UserError):
        """Check that an action is refused, and return the sentence."""
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            self.act(actor, target, method, *args)
        return str(caught.exception)

    def kinds(self, contact):
        """Return the kinds of what the protocol says about a contact, oldest first."""
        entries = self.env["kundenportal.protocol"].search([("partner_id", "=", contact.id)])
        return [entry.kind_id.code for entry in entries.sorted("id")]

    def last(self, contact, code):
        return self.env["kundenportal.protocol"].search(
            [("partner_id", "=", contact.id), ("kind_id.code", "=", code)], limit=1
        )

    def codes(self, contact):
        return set(contact.portal_function_ids.mapped("code"))

    def request_of(self, contact):
        return self.env["kundenportal.access.request"].search(
            [("partner_id", "=", contact.id), ("state", "=", "requested")]
        )
