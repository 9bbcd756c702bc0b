from lxml import html

from odoo.fields import Command
from odoo.tests import HttpCase

from .common import PortalFixture


class PortalHomeCase(PortalFixture, HttpCase):
    """Pages as the customers of the fixture get them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.company.write(
            {
                "portal_hotline": "+49 (0)421 12 34-56",
                "portal_hotline_hours": "Mon to Fri, 8 to 17",
                "portal_greeting": "<p>Good to see <b>visitors</b>.</p>",
                "portal_contact_user_id": False,
            }
        )

    def sign_in(self, contact):
        self.authenticate(contact.email, contact.email)

    def get_page(self, url, status=200):
        """Return the tree of a page, after checking its status."""
        response = self.url_open(url)
        self.assertEqual(response.status_code, status, url)
        return html.fromstring(response.content)

    def get_cards(self, page):
        """Return the addresses of the home's cards, hidden ones too."""
        return page.xpath("//div[contains(@class, 'o_portal_index_card')]/a/@href")

    def count_queries(self, url):
        """Count the queries of a page that has been opened before."""
        for _warm in range(3):
            self.url_open(url)
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self.url_open(url).status_code, 200)
        return self.env.cr.sql_log_count - before

    def set_functions(self, *codes):
        self.company.portal_default_function_ids = [
            Command.set([self.functions[code].id for code in codes])
        ]
