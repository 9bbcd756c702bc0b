import json

from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalHttpCase
from .test_data_change import DataChangeFixture


class DataPagesCase(DataChangeFixture, PortalHttpCase):
    @classmethod
    def _extend_portal_fixture(cls):
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        if "website" in cls.env:
            cls.env["website"].search([]).default_lang_id = cls.env.ref("base.lang_en")
        result = super()._extend_portal_fixture()
        contacts = cls.main | cls.user | cls.user2 | cls.stranger | cls.person
        contacts.lang = "en_US"
        return result

    def setUp(self):
        super().setUp()
        self.last = self.Change.search([], limit=1).id or 0

    def changes(self):
        """Return what was changed in the test, oldest first."""
        self.env.invalidate_all()
        return self.Change.search([("id", ">", self.last)], order="id")

    def send(self, url, values, **kwargs):
        """Send a form, files included, and return the response without following redirects."""
        data = {"csrf_token": self.csrf_token(), **values}
        return self.url_open(url, data=data, allow_redirects=False, **kwargs)

    def send_account(self, **values):
        """Send the account form as its page shows it, with other values; return the answer."""
        return self.send_address(self.form("/my/account"), **values)

    def form(self, url):
        """Return what a browser sends of the form of Odoo's page, unchanged."""
        form = self.get_page(url).xpath("//form[contains(@class, 'address_autoformat')]")[0]
        return {
            name: value or ""
            for name, value in form.form_values()
            if name not in ("", "csrf_token")
        }

    def send_address(self, form, **values):
        response = self.send("/my/address/submit", {**form, **values})
        self.assertEqual(response.status_code, 200, response.text[:500])
        return json.loads(response.text)

    def assertRefused(self, answer, field, words):  # noqa: N802 (named like unittest's)
        self.assertNotIn("redirectUrl", answer)
        self.assertIn(field, answer["invalid_fields"])
        self.assertIn(words, answer["field_messages"][field])


@tagged("post_install", "-at_install")
class TestOwnData(DataPagesCase):
    def test_more_than_odoo_offers(self):
        self.sign_in(self.user)
        answer = self.send_account(
            mobile="0170 1234567",
            fax="0421 987652",
            website="uwe.example",
            function="Fahrer",
            gender_title="mr",
            academic_title="Dr.",
            phone="0421 445566",
        )
        self.assertEqual(answer, {"redirectUrl": "/my/account?done=saved"})
        change = self.changes()
        self.assertEqual((self.user.mobile, self.user.phone), ("+49 170 1234567", "+49 421 445566"))
        self.assertEqual((self.user.website, self.user.function), ("http://uwe.example", "Fahrer"))
        self.assertEqual((self.user.gender_title, self.user.academic_title), ("mr", "Dr."))
        self.assertEqual(len(change), 1)
        self.assertEqual({line.state for line in change.line_ids}, {"applied"})
        self.assertFalse(change.has_conflict, "the number is the one that was written")
        page = self.get_page(answer["redirectUrl"])
        self.assertIn("Saved", page.xpath("string(//*[@role='status'])"))

    def test_unchanged_form(self):
        self.sign_in(self.user)
        self.assertEqual(self.send_account(), {"redirectUrl": "/my/account?done=unchanged"})
        self.assertFalse(self.changes())

    def test_number_is_removed(self):
        self.user.phone = "+49 421 11"
        self.sign_in(self.user)
        self.assertEqual(self.send_account(phone="")["redirectUrl"], "/my/account?done=saved")
        self.assertFalse(self.user.phone)
        self.assertEqual(self.values(self.changes()), {"phone": ("+49 421 11", "", "applied")})

    def test_language_and_form_of_address(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.sign_in(self.user)
        page = self.get_page("/my/account")
        hidden = page.xpath("//div[@id='div_form_of_address']/@class")[0]
        self.assertIn("d-none", hidden, "English has one form")
        self.send_account(lang="de_DE", form_of_address="informal")
        self.assertEqual((self.user.lang, self.user.form_of_address), ("de_DE", "informal"))

    def test_mistakes_are_told_beside_the_fields(self):
        self.sign_in(self.user)
        other_state = self.env.ref("base.state_us_1")
        for field, value, words in (
            ("phone", "abc", "no telephone number"),
            ("mobile", "abc", "no telephone number"),
            ("fax", "1" * 10000, "no more than 100"),
            ("website", "javascript:alert(1)", "no address of a website"),
            ("function", "x" * 10000, "no more than 200"),
            ("name", "x" * 10000, "no more than 200"),
            ("name", "  ", "fill in"),
            ("name", "\x00", "fill in"),
            ("email", "keine Adresse", "no e-mail address"),
            ("email", "", "fill in"),
            ("lang", "xx_XX", "one of the list"),
            ("gender_title", "king", "one of the list"),
            ("form_of_address", "ihr", "one of the list"),
        ):
            with self.subTest(field=field, value=value[:20]):
                self.assertRefused(self.send_account(**{field: value}), field, words)
        self.sign_in(self.person)
        for field, value in (
            ("country_id", "999999999"),
            ("country_id", "abc"),
            ("country_id", "9" * 30),
            ("state_id", str(other_state.id)),
            ("state_id", "-1"),
        ):
            with self.subTest(field=field, value=value):
                answer = self.send_account(**{"country_id": str(self.germany.id), field: value})
                self.assertRefused(answer, field, "one of the list")
        self.assertFalse(self.changes())

    def test_what_no_form_sends(self):
        self.sign_in(self.user)
        form = self.form("/my/account")
        for values in (
            {"verify_address_values": "", "email": "keine Adresse"},
            {"address_values": "x", "partner_sudo": "x", "order_sudo": "x"},
            {"use_delivery_as_billing": "abc"},
            {"function": "<script>alert(1)</script>"},
            {"reachability": "1" * 168, "portal_switch": "allowed", "comment": "x", "id": "1"},
        ):
            with self.subTest(values=values):
                self.send_address(form, **values)
        self.assertEqual(self.user.email, "uwe@nord.example")
        self.assertFalse(self.user.reachability or self.user.portal_switch)
        self.assertNotIn("<script>alert", self.url_open("/my/account").text)
        for partner_id in ("abc", "-1", "9" * 30):
            with mute_logger("odoo.http"):
                response = self.send("/my/address/submit", {**form, "partner_id": partner_id})
            self.assertEqual(response.status_code, 404)
        response = self.send(
            "/my/address/submit",
            {**form, "function": ""},
            files={"mobile": ("x.txt", b"abc"), "callback": ("y.txt", b"abc")},
        )
        self.assertEqual(response.status_code, 200)

    def test_what_waits(self):
        self.sign_in(self.user)
        answer = self.send_account(email="new@nord.example", function="Fahrer")
        self.assertEqual(answer["redirectUrl"], "/my/account?done=saved_requested")
        self.assertEqual((self.user.email, self.user.function), ("uwe@nord.example", "Fahrer"))
        change = self.changes()
        page = self.get_page("/my/account")
        hint = page.xpath("//*[@id='kp_hint_email']")[0].text_content()
        self.assertIn("Change requested", hint)
        self.assertIn("new@nord.example", hint)
        self.assertEqual(page.xpath("//input[@name='email']/@value"), ["uwe@nord.example"])
        self.assertEqual(
            self.send_account(email="new@nord.example")["redirectUrl"], "/my/account?done=unchanged"
        )
        self.assertEqual(self.changes(), change, "the same again is no second request")
        response = self.submit(f"/my/data/{change.id}/withdraw")
        self.assertIn("/my/account?done=withdrawn", response.headers["Location"])
        self.assertEqual(self.changes().state, "withdrawn")
        self.assertNotIn("new@nord.example", self.url_open("/my/account").text)
        response = self.submit(f"/my/data/{change.id}/withdraw")
        self.assertIn("done=decided", response.headers["Location"])

    def test_waiting_number_is_not_replaced_by_the_old_one(self):
        self.env["kundenportal.field.policy"].create(
            {
                "field_id": self.env["ir.model.fields"]._get("res.partner", "phone").id,
                "scope": "own",
                "mode": "approve",
            }
        )
        self.user.phone = "0421 987650"  # not as Odoo writes it
        self.sign_in(self.user)
        self.send_account(phone="0421 987651")
        self.assertEqual(self.user.phone, "0421 987650")
        self.assertEqual(
            self.values(self.changes()),
            {"phone": ("0421 987650", "+49 421 987651", "pending")},
        )

    def test_rejected_with_its_reason(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        change.with_user(self.officer)._reject("No proof.")
        self.sign_in(self.user)
        hint = self.get_page("/my/account").xpath("//*[@id='kp_hint_email']")[0].text_content()
        self.assertIn("Not approved: new@nord.example", hint)
        self.assertIn("No proof.", hint)
        self.send_account(email="newer@nord.example")
        hint = self.get_page("/my/account").xpath("//*[@id='kp_hint_email']")[0].text_content()
        self.assertNotIn("Not approved", hint, "the later request counts")

    def test_locked(self):
        policies = self.env["kundenportal.field.policy"].search(
            [("scope", "=", "own"), ("field_id.name", "in", ("name", "country_id"))]
        )
        policies.write({"mode": "locked", "reason": "As on the contract."})
        for contact in (self.user, self.person):
            with self.subTest(contact=contact.name):
                self.sign_in(contact)
                page = self.get_page("/my/account")
                self.assertTrue(page.xpath("//input[@name='name'][@readonly]"))
                self.assertIn(
                    "As on the contract.", page.xpath("//*[@id='kp_hint_name']")[0].text_content()
                )
                self.assertRefused(self.send_account(name="Otto"), "name", "As on the contract.")
                answer = self.send_account(function="Fahrer")
                self.assertEqual(answer["redirectUrl"], "/my/account?done=saved")

    def test_who_has_no_address_but_a_number(self):
        self.sign_in(self.user)
        self.user.email = False
        self.assertIn("redirectUrl", self.send_account(function="Fahrer"))

    def test_queries(self):
        self.sign_in(self.user)
        most = 21 if "website" in self.env else 18  # its menu and pages cost some
        self.assertPageQueries("/my/account", most)
        self.edit(self.user, self.user, email="new@nord.example", name="Otto")
        self.assertPageQueries("/my/account", most + 3)

    def test_reachability_is_reviewed(self):
        self.sign_in(self.user)
        self.submit("/my/account/reachability", hours="0-9")
        self.assertEqual(list(self.values(self.changes())), ["reachability"])
        self.env["kundenportal.field.policy"].create(
            {
                "field_id": self.env["ir.model.fields"]._get("res.partner", "reachability").id,
                "scope": "own",
                "mode": "locked",
                "reason": "Agreed by contract.",
            }
        )
        response = self.submit("/my/account/reachability", hours="0-10")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Agreed by contract.", response.text)


@tagged("post_install", "-at_install")
class TestCompanyThroughTheAccount(DataPagesCase):
    """The back doors of Odoo's own form."""

    def test_user_sees_the_company_read_only(self):
        self.sign_in(self.user)
        page = self.get_page("/my/account")
        for name in ("company_name", "street", "zip", "city"):
            self.assertTrue(page.xpath(f"//input[@name='{name}'][@readonly]"), name)
        self.assertTrue(page.xpath("//select[@name='country_id'][@disabled]"))
        self.assertEqual(
            self.send_account(function="Fahrer")["redirectUrl"], "/my/account?done=saved"
        )

    def test_user_changes_nothing_of_the_company(self):
        self.sign_in(self.user)
        austria = str(self.env.ref("base.at").id)
        for field, value in (
            ("company_name", "Uwe GmbH"),
            ("street", "Anderswo 1"),
            ("street2", "Hinterhaus"),
            ("vat", "DE123456788"),
            ("country_id", austria),
        ):
            with self.subTest(field=field):
                answer = self.send_account(**{field: value, "function": "Fahrer"})
                self.assertRefused(answer, field, "main users")
        self.assertEqual((self.nord.name, self.nord.street), ("Nord GmbH", "Hafenstraße 8"))
        self.assertFalse(self.nord.street2 or self.nord.vat or self.user.function)
        self.assertFalse(self.changes())

    def test_main_user_edits_the_company(self):
        self.sign_in(self.main)
        answer = self.send_account(
            company_name="Neu GmbH", street="Anderswo 1", phone="0421 987654"
        )
        self.assertEqual(answer, {"redirectUrl": "/my/account?done=saved_requested"})
        self.assertEqual((self.nord.name, self.nord.street), ("Nord GmbH", "Anderswo 1"))
        self.assertEqual(self.nord.phone, "+49 421 987650", "the number is the person's")
        self.assertEqual(set(self.changes().partner_id), {self.main, self.nord})
        hint = self.get_page("/my/account").xpath("//*[@id='kp_hint_company_name']")[0]
        self.assertIn("Neu GmbH", hint.text_content())

    def test_main_user_without_the_function(self):
        self.main.portal_withheld_function_ids = self.functions["master_data"]
        self.sign_in(self.main)
        self.assertRefused(self.send_account(street="Anderswo 1"), "street", "main users")

    def test_remote_calls_are_refused(self):
        for contact, target in ((self.user, self.user), (self.main, self.nord)):
            self.sign_in(contact)
            with mute_logger("odoo.http"):
                response = self.url_open(
                    "/web/dataset/call_kw/res.partner/write",
                    json=self.build_rpc_payload(
                        {
                            "model": "res.partner",
                            "method": "write",
                            "args": [target.ids, {"name": "Otto"}],
                            "kwargs": {"context": {"portal_edit": True}},
                        }
                    ),
                )
            self.assertIn("odoo.exceptions.AccessError", response.text)
        self.assertFalse(self.changes())


@tagged("post_install", "-at_install")
class TestCompanyPage(DataPagesCase):
    def send_company(self, **values):
        """Send the company's form as its page shows it, with other values."""
        form = self.get_page("/my/company").xpath("//form[@action='/my/company']")[0]
        shown = {name: value or "" for name, value in form.form_values() if name}
        return self.send("/my/company", {**shown, **values})

    def test_edit(self):
        self.sign_in(self.main)
        response = self.send_company(
            name="Neu GmbH", phone="0421 987655", website="nord.example", street="Anderswo 1"
        )
        self.assertIn("/my/company?done=saved_requested", response.headers["Location"])
        self.assertEqual((self.nord.name, self.nord.street), ("Nord GmbH", "Anderswo 1"))
        self.assertEqual(self.nord.website, "http://nord.example")
        change = self.changes()
        self.assertEqual(self.values(change)["name"], ("Nord GmbH", "Neu GmbH", "pending"))
        self.assertEqual(
            self.values(change)["phone"], ("+49 421 987650", "+49 421 987655", "applied")
        )
        page = self.get_page("/my/company?done=saved_requested")
        self.assertIn("Neu GmbH", page.xpath("//*[@id='kp_hint_name']")[0].text_content())
        response = self.submit(f"/my/data/{change.id}/withdraw")
        self.assertIn("/my/company?done=withdrawn", response.headers["Location"])

    def test_mistakes(self):
        self.sign_in(self.main)
        for field, value in (
            ("name", ""),
            ("vat", "DE1"),
            ("email", "x"),
            ("phone", "abc"),
            ("website", "data:text/html,x"),
            ("street", "x" * 10000),
            ("country_id", "abc"),
            ("state_id", str(self.env.ref("base.state_us_1").id)),
        ):
            with self.subTest(field=field):
                response = self.send_company(**{field: value, "city": "Hamburg"})
                self.assertEqual(response.status_code, 200)
                tree = html.fromstring(response.content)
                self.assertTrue(tree.xpath(f"//*[@id='company_{field}_error'][@role='alert']"))
                self.assertTrue(tree.xpath(f"//*[@name='{field}'][@aria-invalid='true']"))
                self.assertEqual(tree.xpath("//input[@name='city']/@value"), ["Hamburg"])
        self.assertFalse(self.changes())

    def test_what_no_form_sends(self):
        self.sign_in(self.main)
        response = self.send_company(is_company="", parent_id="1", portal_switch="allowed")
        self.assertIn("done=unchanged", response.headers["Location"])
        response = self.send("/my/company", {}, files={"name": ("x.txt", b"abc")})
        self.assertTrue(html.fromstring(response.content).xpath("//*[@id='company_name_error']"))
        self.send_company(city="Bre\x00men ")
        self.assertEqual(self.nord.city, "Bremen")
        self.assertFalse(self.changes())

    def test_users_only_look(self):
        self.sign_in(self.user)
        page = self.get_page("/my/company")
        self.assertIn("Hafenstraße 8", page.text_content())
        self.assertFalse(page.xpath("//form[@action='/my/company']"))
        with mute_logger("odoo.http"):
            self.assertEqual(self.submit("/my/company", name="X").status_code, 404)
        self.assertFalse(self.changes())

    def test_without_company_or_function(self):
        self.sign_in(self.person)
        response = self.url_open("/my/company", allow_redirects=False)
        self.assertIn("/my/addresses", response.headers["Location"])
        self.main.portal_withheld_function_ids = self.functions["master_data"]
        self.sign_in(self.main)
        with mute_logger("odoo.http"):
            self.get_page("/my/company", 404)
            self.assertEqual(self.submit("/my/company", name="X").status_code, 404)

    def test_vat_after_documents(self):
        self.nord.vat = "DE123456788"
        self._create_invoice(self._create_order(self.main))
        self.sign_in(self.main)
        self.assertEqual(self.send_company(vat="DE136695976").status_code, 303, "it is a request")
        self.env["kundenportal.field.policy"].search(
            [("scope", "=", "company"), ("field_id.name", "=", "vat")]
        ).mode = "review"
        response = self.send_company(vat="DE136695977")
        self.assertIn("after documents were issued", response.text)

    def test_withdraw_is_not_for_everybody(self):
        change = self.edit(self.main, self.nord, name="Neu GmbH")
        own = self.edit(self.user, self.user, name="Otto")
        for contact, found in (
            (self.user, change),
            (self.user2, own),
            (self.stranger, change),
            (self.main, own),
            (self.main, self.Change.browse(999999999)),
        ):
            self.sign_in(contact)
            with self.subTest(contact=contact.name), mute_logger("odoo.http"):
                response = self.submit(f"/my/data/{found.id}/withdraw")
                self.assertEqual(response.status_code, 404)
        self.assertEqual((change | own).mapped("state"), ["pending", "pending"])


@tagged("post_install", "-at_install")
class TestAddressPages(DataPagesCase):
    NEW = {
        "name": "Lager 2",
        "email": "lager@nord.example",
        "phone": "0421 987656",
        "street": "Kai 1",
        "zip": "28195",
        "city": "Bremen",
        "address_type": "delivery",
        "callback": "/my/addresses",
    }

    def test_main_user(self):
        self.sign_in(self.main)
        answer = self.send_address({**self.NEW, "country_id": str(self.germany.id)})
        self.assertEqual(answer["redirectUrl"], "/my/addresses?done=added")
        added = self.changes()
        self.assertEqual((added.kind, added.partner_id.name), ("added", "Lager 2"))
        self.assertEqual(added.partner_id.parent_id, self.nord)
        form = self.form(f"/my/address?partner_id={added.partner_id.id}&address_type=delivery")
        answer = self.send_address(form, callback="/my/addresses", city="Hamburg")
        self.assertEqual(answer["redirectUrl"], "/my/addresses?done=saved")
        self.assertEqual(added.partner_id.city, "Hamburg")
        answer = self.send_address(form, callback="/my/addresses", phone="abc")
        self.assertRefused(answer, "phone", "no telephone number")
        self.archive(added.partner_id)
        self.assertEqual(self.changes()[-1].kind, "archived")
        self.assertFalse(added.partner_id.active)

    def test_users_only_look(self):
        self.sign_in(self.user)
        page = self.get_page("/my/addresses")
        self.assertIn("Lager", page.text_content())
        self.assertFalse(
            page.xpath("//a[contains(@class, 'o_address_card_add_new')][not(@hidden)]")
        )
        self.assertFalse(page.xpath("//a[contains(@class, 'o_remove_address')]"))
        targets = page.xpath("//a[contains(@class, 'js_edit_address')]/@href")
        self.assertEqual({target.partition("?")[0] for target in targets}, {"/my/account"})
        page = self.get_page("/my/address?address_type=delivery")
        self.assertIn("main users", page.xpath("string(//*[@role='status'])"))
        with mute_logger("odoo.http"):
            for partner_id in ("", str(self.address_of_nord.id), str(self.nord.id)):
                response = self.send("/my/address/submit", {**self.NEW, "partner_id": partner_id})
                self.assertEqual(response.status_code, 403)
                self.assertNotIn("Traceback", response.text)
            self.get_page(f"/my/address?partner_id={self.address_of_nord.id}", 403)
        self.archive(self.address_of_nord)
        self.assertTrue(self.address_of_nord.active)
        self.assertFalse(self.changes())

    @property
    def address_of_nord(self):
        return self.env["res.partner"].search(
            [("name", "=", "Lager"), ("parent_id", "=", self.nord.id)]
        )

    def test_bad_ids(self):
        self.sign_in(self.main)
        with mute_logger("odoo.http"):
            for partner_id in ("abc", "9" * 30, "-1"):
                self.get_page(f"/my/address?partner_id={partner_id}", 404)
        self.get_page("/my/address?address_type=x&use_delivery_as_billing=x&partner_sudo=1")

    def test_person_has_addresses_of_its_own(self):
        self.sign_in(self.person)
        answer = self.send_address({**self.NEW, "country_id": str(self.germany.id)})
        self.assertEqual(answer["redirectUrl"], "/my/addresses?done=added")
        self.assertEqual(self.changes().partner_id.parent_id, self.person)

    def archive(self, partner):
        with mute_logger("odoo.http"):
            return self.url_open(
                "/my/address/archive", json=self.build_rpc_payload({"partner_id": partner.id})
            )


@tagged("post_install", "-at_install")
class TestColleaguesAreNoChanges(DataPagesCase):
    def test_new_colleague(self):
        self.company.portal_colleague_approval = False
        colleague, errors = (
            self.env["res.partner"]
            .with_user(self.main.user_ids)
            ._add_colleague({"name": "Nora Neu", "function": "", "email": "", "phone": ""})
        )
        self.assertFalse(errors)
        colleague.function = "Einkauf"
        self.assertEqual(list(self.values(self.changes())), ["function"], "later edits are edits")
        colleague.sudo(False)._invite_colleague("user", "nora@nord.example")
        self.assertEqual(colleague.email, "nora@nord.example", "it does not wait")
        self.assertEqual(len(self.changes()), 1)
