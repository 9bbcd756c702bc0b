from odoo.tests import tagged

from .http_common import BrowserCase


@tagged("post_install", "-at_install")
class TestTours(BrowserCase):
    """The main way, clicked in a browser."""

    def test_access_from_the_backend_to_the_portal(self):
        contact = self._create_contact("Tora Tour", "tora@nord.example", self.nord)
        self._create_order(self.user)
        self.start_staff_tour("kundenportal_give_access", self.officer)
        self.env.invalidate_all()
        self.assertEqual(contact.portal_access, "main_user")
        self.assertEqual(contact.portal_state, "invited")
        kinds = (
            self.env["kundenportal.protocol"]
            .search([("partner_id", "=", contact.id)])
            .mapped("kind_id.code")
        )
        self.assertIn("access_granted", kinds)
        self.assertIn("invitation_sent", kinds)
        self.start_portal_tour("kundenportal_home", contact)
