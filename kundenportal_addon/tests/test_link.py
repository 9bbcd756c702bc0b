from datetime import timedelta

from odoo.tests import tagged

from ..models.kundenportal_link import LIFETIMES
from .common import PortalCase


@tagged("post_install", "-at_install")
class TestLink(PortalCase):
    """One-time links: who may use one, and how often."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Link = cls.env["kundenportal.link"]

    def test_link_works_once(self):
        token = self.Link._issue("sign_in", self.user, "uwe@nord.example")
        self.assertTrue(self.Link._peek("sign_in", token))
        self.assertTrue(self.Link._peek("sign_in", token), "looking has no effect")
        link = self.Link._redeem("sign_in", token)
        self.assertEqual((link._get_record(), link.address), (self.user, "uwe@nord.example"))
        self.assertFalse(self.Link._peek("sign_in", token))
        self.assertFalse(self.Link._redeem("sign_in", token))

    def test_code_of_a_letter_may_be_typed_with_blanks(self):
        token = self.Link._issue("access_letter", self.user)
        for typed in (token.replace("-", " "), token.replace("-", "")):
            self.assertTrue(self.Link._peek("access_letter", typed), typed)
        self.assertFalse(self.Link._peek("access_letter", token[:-1]))

    def test_link_expires(self):
        for purpose, lifetime in LIFETIMES.items():
            token = self.Link._issue(purpose, self.user)
            link = self.Link._peek(purpose, token)
            link.expires_on -= lifetime - timedelta(minutes=1)
            self.assertTrue(self.Link._peek(purpose, token), purpose)
            link.expires_on -= timedelta(minutes=1)
            self.assertFalse(self.Link._peek(purpose, token), purpose)
            self.assertFalse(self.Link._redeem(purpose, token), purpose)

    def test_a_new_link_makes_the_one_before_useless(self):
        first = self.Link._issue("sign_in", self.user)
        of_another = self.Link._issue("sign_in", self.user2)
        of_another_purpose = self.Link._issue("verify_email", self.user)
        second = self.Link._issue("sign_in", self.user)
        self.assertFalse(self.Link._redeem("sign_in", first))
        self.assertTrue(self.Link._peek("sign_in", of_another))
        self.assertTrue(self.Link._peek("verify_email", of_another_purpose))
        self.assertTrue(self.Link._redeem("sign_in", second))

    def test_other_tokens_open_nothing(self):
        token = self.Link._issue("sign_in", self.user)
        for wrong in (None, "", token[:-1], token + "x", token.swapcase(), "\x00", "ä" * 10_000):
            self.assertFalse(self.Link._redeem("sign_in", wrong))
        self.assertFalse(self.Link._redeem("verify_email", token), "made for another purpose")

    def test_the_token_is_not_kept(self):
        token = self.Link._issue("sign_in", self.user)
        self.env.cr.execute("SELECT * FROM kundenportal_link")
        self.assertNotIn(token, str(self.env.cr.fetchall()))

    def test_a_record_that_is_gone_leads_nowhere(self):
        contact = self._create_contact("Nora", "nora@nord.example", self.nord)
        token = self.Link._issue("verify_email", contact)
        contact.unlink()
        self.assertFalse(self.Link._redeem("verify_email", token)._get_record())

    def test_old_links_are_cleaned_up(self):
        token = self.Link._issue("sign_in", self.user)
        self.Link._gc_links()
        self.assertTrue(self.Link._peek("sign_in", token))
        link = self.Link._peek("sign_in", token)
        link.expires_on -= timedelta(days=31)
        self.Link._gc_links()
        self.assertFalse(link.exists())
