"""What tests of pages share: signing in, forms, counting queries, tours."""

import re

from lxml import html

from odoo import SUPERUSER_ID, api
from odoo.http import Request
from odoo.modules.registry import Registry
from odoo.tests import HttpCase, get_db_name
from odoo.tools.misc import file_path

from .common import PortalFixture

#: For blurred backgrounds in video calls; not in Debian's package of Odoo.
LEFT_OUT_BY_DEBIAN = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"

#: What browsers load in the backend, and elsewhere.
BACKEND_BUNDLES = {
    "js": ("web.assets_web",),
    "css": ("web.assets_web", "web.assets_web_print"),
}
PORTAL_BUNDLES = {
    "js": (
        "web.assets_frontend_lazy",
        "web.assets_frontend_minimal",
        "web.assets_tests",
        "web.__assets_tests_call__",
        "portal.assets_chatter",
    ),
    "css": ("web.assets_frontend", "portal.assets_chatter", "portal.assets_chatter_style"),
}
#: Says that a database has them.
BUNDLES_KEY = "kundenportal_addon.test_bundles"


class PortalHttpCase(PortalFixture, HttpCase):
    """Pages as the customers and the staff of the fixture get them.

    Requests are served one after the other inside the test's transaction; for races see
    real_server.py.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()

    # === SIGNING IN === #

    def sign_in(self, contact):
        """Open a session for the contact's login, without the sign-in page."""
        return self.authenticate(contact.user_ids.login, contact.email)

    def sign_in_by_form(self, login, password):
        """Sign in as people do, with an empty cookie jar.

        :return: the response after all redirects
        """
        self.authenticate(None, None)
        page = self.url_open("/web/login")
        return self.url_open(
            "/web/login",
            data={"login": login, "password": password, "csrf_token": self.token_in(page)},
        )

    def leave(self):
        """Go on as a visitor without a session."""
        self.authenticate(None, None)

    def send_links(self):
        """Do what the scheduled action does right after visitors asked for links."""
        self.env["kundenportal.link.request"].search([])._process()
        self.env.flush_all()

    # === PAGES AND FORMS === #

    def get_page(self, url, status=200):
        """Return the tree of a page, after checking its status."""
        response = self.url_open(url)
        self.assertEqual(response.status_code, status, url)
        return html.fromstring(response.content)

    def token_in(self, response):
        """Return the CSRF token of a page's form."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', response.text)
        found = found or re.search(r'csrf_token: "([^"]+)"', response.text)
        self.assertTrue(found, "the page has no CSRF token")
        return found.group(1)

    def csrf_token(self):
        """Return a CSRF token of the current session."""
        return Request.csrf_token(self)

    def submit(self, url, **values):
        """Send a form, with its token, and return the response without following redirects."""
        return self.url_open(
            url, data={**values, "csrf_token": self.csrf_token()}, allow_redirects=False
        )

    def assertAtLogin(self, response, message=None):  # noqa: N802 (named like unittest's)
        """Check that the response leads to the sign-in page, or that it is this page."""
        target = response.headers.get("Location", response.url)
        self.assertIn("/web/login", target, message)

    # === QUERIES === #

    def count_page_queries(self, url):
        """Count the SQL queries of one GET request once all caches are warm.

        :rtype: int
        """
        for _warm in range(3):
            self.assertEqual(self.url_open(url).status_code, 200, url)
        before = self.env.cr.sql_log_count
        self.url_open(url)
        return self.env.cr.sql_log_count - before

    def assertPageQueries(self, url, most):  # noqa: N802 (named like unittest's)
        """Check that a page takes no more than so many queries; on failure show what they read."""
        count = self.count_page_queries(url)
        if count <= most:
            return
        profile = self.profile(collectors=["sql"], db=False)
        with profile:
            self.url_open(url)
        queries = [
            entry["query"].strip()
            for sub in profile._profiler__.sub_profilers
            for entry in sub.collectors[0].entries
        ]
        self.fail(f"{url} takes {count} queries instead of {most}:\n" + "\n---\n".join(queries))


class BrowserCase(PortalHttpCase):
    """Pages in a real browser, which loads their scripts and styles.

    These are made once per database, as Odoo's own runner does: to make them takes long, locks
    out other requests meanwhile, and would be rolled back with each test.
    """

    @classmethod
    def setUpClass(cls):
        cls._commit_bundles()
        super().setUpClass()

    @classmethod
    def _commit_bundles(cls):
        with Registry(get_db_name()).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if env["ir.config_parameter"].get_param(BUNDLES_KEY):
                return
            try:
                file_path(LEFT_OUT_BY_DEBIAN)
            except FileNotFoundError:
                # The backend's scripts would lament it in the console, which fails any tour.
                env["ir.asset"].create(
                    {
                        "name": "left out by Debian",
                        "bundle": "web.assets_backend",
                        "directive": "remove",
                        "path": LEFT_OUT_BY_DEBIAN,
                    }
                )
            website_id = "website" in env and env["website"].search([], limit=1).id
            cls._make_bundles(env["ir.qweb"], BACKEND_BUNDLES)
            cls._make_bundles(env["ir.qweb"].with_context(website_id=website_id), PORTAL_BUNDLES)
            env["ir.config_parameter"].set_param(BUNDLES_KEY, "made")

    @classmethod
    def _make_bundles(cls, qweb, bundles):
        for kind, names in bundles.items():
            for name in names:
                bundle = qweb._get_asset_bundle(name, js=kind == "js", css=kind == "css")
                getattr(bundle, kind)()

    def start_portal_tour(self, name, contact, url="/my", **options):
        """Run a tour as the contact's login."""
        self.start_tour(url, name, login=contact.user_ids.login, **options)

    def start_staff_tour(self, name, user, url="/odoo", **options):
        """Run a tour in the backend."""
        self.start_tour(url, name, login=user.login, **options)
