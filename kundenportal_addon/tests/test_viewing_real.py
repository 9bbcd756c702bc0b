import re

from odoo.tests import tagged
from odoo.tools import SQL

from .matrix_common import MatrixFixture
from .real_server import Browser, RealServerCase
from .test_access_routes import ARGUMENTS, RouteCase

#: Tables that may change while somebody looks: where the staff member itself has signed in.
OTHER_TABLES = "^res_device_log$"
#: What forms are filled in with: enough to get past what they ask for.
TYPED = {
    "name": "Falsch",
    "text": "Falsch",
    "body": "Falsch",
    "comment": "Falsch",
    "message": "Falsch",
    "reason": "Falsch",
    "note": "Falsch",
    "description": "Falsch",
    "subject": "Falsch",
    "email": "falsch@example.com",
    "phone": "0511 4711",
    "street": "Falsch 1",
    "city": "Falsch",
    "zip": "30159",
    "level": "main_user",
    "quantity": "2",
    "form_key": "falsch",
    "login": "falsch",
    "old": "falsch",
    "new1": "falsch-falsch-4711",
    "new2": "falsch-falsch-4711",
}
#: What scripts send.
PARAMS = {"counters": ["quotation_count"], "partner_id": 1, "access_token": "falsch"}


@tagged("post_install", "-at_install")
class TestViewingReal(MatrixFixture, RealServerCase):
    """The connection is read-only: every page and every form of the portal, and nothing changed."""

    our_rules, definers = RouteCase.our_rules, RouteCase.definers
    accepts = RouteCase.accepts

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        case = cls("test_nothing_changes")
        case._records = {}
        cls.requests = sorted(set(case.all_requests(cls.main)))
        cls.customer_id = cls.main.id
        cls.start_server()
        cls.staff = Browser(cls, "kp_manager", "kp_manager")

    def all_requests(self, partner):
        """Return method, type and address of what the portal's pages and forms answer."""
        routing_map = self.env["ir.http"].routing_map()
        urls = routing_map.bind("")
        for rule in routing_map.iter_rules():
            if not re.match(r"/my(/|$)", rule.rule):
                continue
            if any(name not in ARGUMENTS and not self.is_ours(name) for name in rule.arguments):
                continue  # of other modules, about records that nobody made here
            values = {name: self.argument(name, partner) for name in rule.arguments}
            for method in ("GET", "POST"):
                if self.accepts(rule, method):
                    url = urls.build(rule.endpoint, values, method=method)
                    yield method, rule.endpoint.routing["type"], url

    def argument(self, name, partner):
        if name == "release_deputy_id":
            partner = self.user  # nobody is its own deputy
        return RouteCase.argument(self, name, partner)

    def is_ours(self, argument):
        return "kundenportal." + argument.removesuffix("_id").replace("_", ".") in self.env

    def snapshot(self):
        """Return of every table how many rows it has and which transactions wrote them."""
        tables = self.query(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' "
            "AND table_type = 'BASE TABLE' AND table_name !~ %s",
            OTHER_TABLES,
        )
        counts = [
            SQL(
                "SELECT %s, count(*), COALESCE(sum(xmin::text::bigint), 0) FROM %s",
                name,
                SQL.identifier(name),
            )
            for (name,) in tables
        ]
        statement = SQL(" UNION ALL ").join(counts)
        return {name: rest for name, *rest in self.query("%s", statement)}

    def form_of_message(self, name):
        pattern = rf"/my/messages/\d+/{name}$"
        return next(url for _method, _kind, url in self.requests if re.match(pattern, url))

    def begin(self):
        wizard = self.staff.call("res.partner", "action_view_as_customer", [self.customer_id])
        self.staff.call("kundenportal.viewing.start", "write", [wizard["res_id"]], {"reason": "x"})
        self.staff.call("kundenportal.viewing.start", "action_start", [wizard["res_id"]])

    def page_token(self):
        page = self.staff.session.get(self.url("/my")).text
        return re.search(r'csrf_token: "([^"]+)"', page).group(1)

    def send(self, browser, method, kind, url, token):
        options = {"allow_redirects": False, "timeout": 60}
        if method == "GET":
            return browser.session.get(self.url(url), **options)
        if kind != "http":
            return browser.session.post(self.url(url), json={"params": PARAMS}, **options)
        return browser.session.post(self.url(url), data={**TYPED, "csrf_token": token}, **options)

    def test_nothing_changes(self):
        self.begin()
        token = self.page_token()
        before = self.snapshot()
        refused = set()
        for method, kind, url in self.requests:
            with self.subTest(method=method, url=url):
                response = self.send(self.staff, method, kind, url, token)
                self.assertLess(response.status_code, 500, response.text[-2000:])
                if response.status_code == 403:
                    self.assertEqual(method, "POST", "looking needs no writing")
                    self.assertIn("kp_viewing", response.text)
                    refused.add(url)
        after = self.snapshot()
        changed = {name: (before.get(name), now) for name, now in after.items()}
        changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
        self.assertFalse(changed)
        self.assertGreater(len(refused), 20, "they got as far as the database")
        self.assertServerLogClean()
        # Connections are borrowed again, and write for whoever may.
        wizard = self.staff.call("res.partner", "action_view_as_customer", [self.customer_id])
        self.assertTrue(wizard["res_id"])

    def test_the_customer_itself_writes(self):
        """The same request, so that the test above could fail."""
        customer = Browser(self, "mia@nord.example", "mia@nord.example")
        page = customer.session.get(self.url("/my")).text
        token = re.search(r'csrf_token: "([^"]+)"', page).group(1)
        before = self.snapshot()
        url = self.form_of_message("read")
        self.send(customer, "POST", "http", url, token)
        after = self.snapshot()
        name = "kundenportal_message_reading"
        self.assertNotEqual(before[name], after[name])

    def test_further_cursors_are_refused(self):
        """The counter of attempts has a transaction of its own."""
        self.begin()
        token = self.page_token()
        before = self.snapshot()["kundenportal_throttle"]
        url = self.form_of_message("reply")
        response = self.send(self.staff, "POST", "http", url, token)
        self.assertEqual(response.status_code, 403)
        self.assertIn("kp_viewing", response.text)
        self.assertEqual(self.snapshot()["kundenportal_throttle"], before)
        self.assertServerLogClean()
