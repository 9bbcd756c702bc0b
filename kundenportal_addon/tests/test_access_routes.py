import inspect

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .access_matrix import ROLES
from .http_common import PortalHttpCase
from .matrix_common import OUR_MODULES, MatrixFixture

CUSTOMERS = ROLES[1 : ROLES.index("internal")]

#: Routes of ours that visitors reach without signing in, with the reason. Each takes more care: a
#: form among them is throttled and takes Odoo's captcha.
PUBLIC_ROUTES = {
    "/portal/access": "how a contact asks for a link that signs in, or for its first one",
    "/portal/link/<string:token>": "whoever has the link is the contact",
    "/portal/start": "the code of a letter stands for the login",
    "/portal/verify/<string:token>": "whoever has the link has the mail",
    "/register": "strangers ask for access",
    "/register/verify/<string:token>": "strangers verify their address; the token is unguessable",
    "/register/status/<string:token>": "applicants see where they stand; the token is unguessable",
    "/kundenportal/logo/<int:company_id>/<string:version>": "a logo is no secret",
    "/kundenportal/icon/<int:company_id>/<int:icon_side>": "drawn from the company's logo",
    "/my/manifest.webmanifest": "name, icon and colour of a company; browsers ask without session",
    "/my/service-worker.js": "the same script for everybody",
    "/my/offline": "what browsers keep: it names the company only",
    "/members": "the member list, where the company has one",
    "/members/page/<int:page>": "its further pages",
    "/members/<int:member_id>/logo": "logos of those who are listed there",
}

#: Pages of Odoo that belong to a function; those that functions lead to are known anyway.
FUNCTION_PAGES = {
    "documents": (
        "/my/orders",
        "/my/quotes",
        "/my/invoices",
        "/my/orders/page/1",
        "/my/invoices/page/1",
    ),
    "master_data": ("/my/company", "/my/addresses", "/my/address"),
}

#: Argument of a route → function (test case, contact) → a value that belongs to the contact. An id
#: named after a model of ours (`message_id`: kundenportal.message) needs no line.
ARGUMENTS = {
    "order_id": lambda case, partner: case.order_of(partner).id,
    "invoice_id": lambda case, partner: case.invoice_of(partner).id,
    "company_id": lambda case, partner: case.company.id,
    "partner_id": lambda case, partner: partner.id,
    "icon_side": lambda case, partner: 192,
    "version": lambda case, partner: "x",
    "token": lambda case, partner: "x",
    "page": lambda case, partner: 1,
    "member_id": lambda case, partner: partner.id,
    "attachment_id": lambda case, partner: case.message_file_of(partner).id,
    "action_id": lambda case, partner: case.case_action_of(partner).id,
    "company_action_id": lambda case, partner: case.company_action().id,
    "template_id": lambda case, partner: case.shop_article().id,
    "sent_id": lambda case, partner: case.sent_order_of(partner).id,
    "release_id": lambda case, partner: case.sent_order_of(partner).id,
    "equipment_id": lambda case, partner: case.printer_of(partner).id,
}

#: Routes whose argument is nobody's own record, with the reason.
SHARED_ROUTES = {
    "/my/action/<int:company_action_id>": "offered to every customer on the home",
    "/my/shop/<int:template_id>": "the same articles for all customers with the shop",
    "/my/shop/<int:template_id>/image": "see above",
    "/survey/print/<string:survey_token>": "Odoo's; tried with answers in test_questionnaire_http",
    "/survey/retry/<string:survey_token>/<string:answer_token>": "Odoo's; see above",
}


class RouteCase(MatrixFixture, PortalHttpCase):
    def our_rules(self):
        """Return the rules of the routing map whose endpoint is ours or overridden by us."""
        return [
            rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if any(base.__module__.startswith(OUR_MODULES) for base in self.definers(rule))
        ]

    def definers(self, rule):
        """Return the controller classes that define the endpoint's method, in calling order."""
        method = rule.endpoint.func
        return [base for base in type(method.__self__).__mro__ if method.__name__ in vars(base)]

    def is_only_ours(self, rule):
        return all(base.__module__.startswith(OUR_MODULES) for base in self.definers(rule))

    def accepts(self, rule, method):
        return rule.methods is None or method in rule.methods

    def address(self, rule, partner):
        """Fill a rule's arguments with what belongs to the contact."""
        values = {name: self.argument(name, partner) for name in rule.arguments}
        return (
            self.env["ir.http"]
            .routing_map()
            .bind("")
            .build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))
        )

    def argument(self, name, partner):
        if name in ARGUMENTS:
            return ARGUMENTS[name](self, partner)
        model = "kundenportal." + name.removesuffix("_id").replace("_", ".")
        if model in self.env:
            return self.record_for(self.env[model], partner).id
        return self.fail(
            f"Nobody knows what to fill in for <{name}> of a route: name it after our model or "
            "add it to ARGUMENTS in tests/test_access_routes.py."
        )

    def sign_in_as(self, role):
        if role == "anonymous":
            self.leave()
        else:
            self.authenticate(self.roles[role].login, "any")

    def request(self, rule, url):
        """Send what the route takes, with all tokens, and return the response; no redirects."""
        if rule.endpoint.routing["type"] == "jsonrpc":
            return self.url_open(url, json=self.build_rpc_payload({}), allow_redirects=False)
        if self.accepts(rule, "GET"):
            return self.url_open(url, allow_redirects=False)
        return self.submit(url)


@tagged("post_install", "-at_install")
class TestRouteDeclarations(RouteCase):
    """What our routes say of themselves."""

    def test_there_are_routes(self):
        self.assertGreater(len(self.our_rules()), 5)

    def test_reading_is_read_only_and_writing_is_protected(self):
        for rule in filter(self.is_only_ours, self.our_rules()):
            routing = rule.endpoint.routing
            with self.subTest(route=rule.rule, methods=routing["methods"]):
                self.assertIn(routing["auth"], ("user", "public"))
                self.assertFalse(routing.get("cors"))
                if routing["type"] == "jsonrpc":
                    self.assertEqual(routing["methods"], ["POST"])
                elif self.accepts(rule, "GET"):
                    self.assertIs(routing["readonly"], True, "a GET of ours shows and never writes")
                else:
                    self.assertTrue(routing.get("csrf", True), "a form of ours carries a token")

    def test_public_routes_are_named_and_guarded(self):
        public = [
            rule
            for rule in self.our_rules()
            if self.is_only_ours(rule) and rule.endpoint.routing["auth"] == "public"
        ]
        self.assertEqual(
            {rule.rule for rule in public},
            set(PUBLIC_ROUTES),
            "a route for everybody needs a reason: PUBLIC_ROUTES in tests/test_access_routes.py",
        )
        for rule in public:
            if not self.accepts(rule, "GET"):
                with self.subTest(route=rule.rule):
                    self.assertTrue(
                        rule.endpoint.routing.get("captcha"), "strangers' forms take a captcha"
                    )

    def test_overrides_of_odoos_routes_are_reached(self):
        """Odoo orders controllers as it likes; one that calls no other must not come first."""
        for rule in self.our_rules():
            for base in self.definers(rule):
                if base.__module__.startswith(OUR_MODULES):
                    break
                name = rule.endpoint.func.__name__
                with self.subTest(route=rule.rule, before_ours=base.__module__):
                    self.assertIn(
                        f"super().{name}(",
                        inspect.getsource(vars(base)[name]),
                        "ours is never called",
                    )

    def test_helpers_of_different_controllers_have_different_names(self):
        """Odoo makes one class of all controllers; of two helpers of a name one is never called."""
        for joined in {type(rule.endpoint.func.__self__) for rule in self.our_rules()}:
            classes = [base for base in joined.__mro__ if base.__module__.startswith(OUR_MODULES)]
            for name in {
                name for base in classes for name, it in vars(base).items() if callable(it)
            }:
                *first, _last = (base for base in classes if name in vars(base))
                for base in first:
                    with self.subTest(name=name, controller=base.__name__):
                        self.assertIn(f"super().{name}(", inspect.getsource(vars(base)[name]))


@tagged("post_install", "-at_install")
class TestRoutes(RouteCase):
    """Our routes and those of Odoo that we override, tried as everybody."""

    def test_strangers_are_led_to_the_sign_in_page(self):
        self.leave()
        for rule in self.our_rules():
            if rule.endpoint.routing["auth"] != "user":
                continue
            with self.subTest(route=rule.rule), mute_logger("odoo.http"):
                response = self.request(rule, self.address(rule, self.user))
                if rule.endpoint.routing["type"] == "jsonrpc":
                    self.assertIn("SessionExpired", response.text)
                elif self.accepts(rule, "GET"):
                    self.assertAtLogin(response)
                else:
                    self.assertIn(response.status_code, (303, 400, 403))

    def test_other_peoples_records_do_not_exist(self):
        """Whoever writes a foreign id into an address does not even learn that it exists."""
        secret = self.order_of(self.user)
        secret.client_order_ref = "GEHEIM-4711"
        invoice = self.invoice_of(self.user)
        for rule in self.our_rules():
            if not set(rule.arguments) - {"page"} or rule.rule in {
                **PUBLIC_ROUTES,
                **SHARED_ROUTES,
            }:
                continue
            url = self.address(rule, self.user)
            for role in ("anonymous", "colleague", "foreign_user", "foreign_main", "functionless"):
                with self.subTest(url=url, role=role), mute_logger("odoo.http"):
                    self.sign_in_as(role)
                    response = self.request(rule, url)
                    is_call = rule.endpoint.routing["type"] == "jsonrpc"  # always answered by 200
                    self.assertIn(response.status_code, (200,) if is_call else (302, 303, 403, 404))
                    for word in ("GEHEIM", secret.name, invoice.name, self.user.name):
                        self.assertNotIn(word, response.text)
                    target = response.headers.get("Location", "").partition("?")[0]
                    self.assertIn(target.removeprefix(self.base_url()), ("", "/my", "/web/login"))

    def test_pages_tell_nothing_of_others(self):
        """Every page without an id, as every customer: no error, nobody else's name or document."""
        self.company.portal_contact_user_id = self.manager
        for partner, words in (
            (self.user, "NORD-1"),
            (self.stranger, "SUED-1"),
            (self.main, "NORD-2"),
        ):
            self.order_of(partner).client_order_ref = words
            self.invoice_of(partner)
        documents = {
            partner: {self.order_of(partner).name, self.invoice_of(partner).name, partner.email}
            for partner in (self.user, self.stranger, self.main)
        }
        may_see = {
            "user": {self.user},
            "main": {self.user, self.main},
            "foreign_main": {self.stranger},
        }
        for rule in self.our_rules():
            if rule.arguments or not self.accepts(rule, "GET"):
                continue
            for role in CUSTOMERS:
                with self.subTest(url=rule.rule, role=role), mute_logger("odoo.http"):
                    self.sign_in_as(role)
                    response = self.url_open(rule.rule)
                    self.assertIn(response.status_code, (200, 404))
                    for partner, words in documents.items():
                        if (
                            partner not in may_see.get(role, set())
                            and self.roles[role].partner_id != partner
                        ):
                            for word in words:
                                self.assertNotIn(word, response.text)

    def test_pages_of_functions_need_the_function(self):
        pages = {code: set(urls) for code, urls in FUNCTION_PAGES.items()}
        for code, function in self.functions.items():
            if function.has_page:
                pages.setdefault(code, set()).add(function.url)
        for code, urls in pages.items():
            contact = self.main if self.functions[code].is_main_user_only else self.user
            contact.portal_withheld_function_ids = [Command.clear()]
            for url in urls:
                with self.subTest(url=url, function=code, has_it=True):
                    self.sign_in(contact)
                    self.assertEqual(self.url_open(url).status_code, 200)
            contact.portal_withheld_function_ids = self.functions[code]
            for url in urls:
                with self.subTest(url=url, function=code, has_it=False), mute_logger("odoo.http"):
                    self.sign_in(contact)
                    self.assertEqual(self.url_open(url).status_code, 404)

    def test_closed_portal_shows_no_page(self):
        self.user.portal_switch = "blocked"
        self.sign_in(self.user)
        for rule in self.our_rules():
            routing = rule.endpoint.routing
            if (
                routing["auth"] != "user"
                or not self.accepts(rule, "GET")
                or not rule.rule.startswith("/my")
            ):
                continue
            with self.subTest(url=rule.rule):
                response = self.url_open(self.address(rule, self.user), allow_redirects=False)
                self.assertEqual(response.status_code, 403)

    def test_remote_calls_of_buttons_are_refused(self):
        """The way a browser would take; `test_access_methods` tries them all, without HTTP."""
        for role in ("main", "foreign_main", "functionless", "levelless"):
            self.sign_in_as(role)
            for method in ("action_portal_revoke", "action_portal_grant"):
                with self.subTest(role=role, method=method), mute_logger("odoo.http"):
                    response = self.url_open(
                        f"/web/dataset/call_button/res.partner/{method}",
                        json=self.build_rpc_payload(
                            {
                                "model": "res.partner",
                                "method": method,
                                "args": [self.user.ids],
                                "kwargs": {},
                            }
                        ),
                    )
                    self.assertIn("odoo.exceptions.AccessError", response.text)
        self.assertEqual(self.user.portal_access, "user")
