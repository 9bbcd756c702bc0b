from odoo.tests import tagged

from .common import PortalFixture
from .real_server import Browser, RealServerCase
from .registration_common import FORM, RegistrationFixture


@tagged("post_install", "-at_install")
class TestRegistrationRaces(RegistrationFixture, PortalFixture, RealServerCase):
    """A form sent ten times at once, and two of the staff who decide at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.approved = cls._create_registration(email="a@neu.example", company_name="Neu A GmbH")
        cls.mixed = cls._create_registration(email="b@neu.example", company_name="Neu B GmbH")
        cls.verified = cls._create_registration(
            "unverified", email="c@neu.example", company_name="Neu C GmbH"
        )
        cls.token = cls.env["kundenportal.link"]._issue("registration", cls.verified)
        cls.start_server()
        cls.staff = [Browser(cls, login, login) for login in ("kp_officer", "kp_manager")]

    def post_at_once(self, forms):
        visitors = [Browser(self) for _form in forms]
        tokens = [visitor.token("/register") for visitor in visitors]
        results = self.at_once(
            [
                lambda visitor=visitor, token=token, form=form: visitor.send(
                    "/register", token, **form
                )
                for visitor, token, form in zip(visitors, tokens, forms, strict=True)
            ]
        )
        self.assertEqual({getattr(result, "status_code", result) for result in results}, {200})
        self.assertServerLogClean()
        return [result.text for result in results]

    def count(self, email):
        return self.query("SELECT count(*) FROM kundenportal_registration WHERE email = %s", email)[
            0
        ][0]

    def mails(self, email):
        return self.query("SELECT count(*) FROM mail_mail WHERE email_to = %s", email)[0][0]

    def test_one_form_ten_times(self):
        form = {**FORM, "email": "ten@neu.example", "form_key": "one and the same"}
        answers = self.post_at_once([form] * 10)
        self.assertTrue(all("kp_registration_sent" in answer for answer in answers))
        self.assertEqual(self.count("ten@neu.example"), 1)
        self.assertEqual(self.mails("ten@neu.example"), 1)

    def test_ten_forms_for_one_address(self):
        forms = [
            {**FORM, "email": "bomb@neu.example", "form_key": str(number)} for number in range(10)
        ]
        self.post_at_once(forms)
        self.assertEqual(self.count("bomb@neu.example"), 1)
        self.assertEqual(self.mails("bomb@neu.example"), 1)

    def wizards(self, model, registration, **values):
        return [
            browser.call(model, "create", [{"registration_id": registration.id, **values}])[0]
            for browser in self.staff
        ]

    def decide_at_once(self, calls):
        results = self.at_once(
            [
                lambda browser=browser, call=call: browser.call(call[0], "action_confirm", call[1])
                for browser, call in zip(self.staff, calls, strict=True)
            ]
        )
        done = [result for result in results if isinstance(result, dict)]
        refused = [str(result) for result in results if isinstance(result, RuntimeError)]
        self.assertEqual((len(done), len(refused)), (1, 1), results)
        self.assertIn("odoo.exceptions.UserError", refused[0])
        self.assertServerLogClean()
        return refused[0]

    def test_two_staff_approve_at_once(self):
        model = "kundenportal.registration.approve"
        first, second = self.wizards(model, self.approved)
        sentence = self.decide_at_once([(model, [first]), (model, [second])])
        self.assertRegex(sentence, "kp_officer|kp_manager", "says who decided")
        for table, column in (("res_partner", "email"), ("res_users", "login")):
            rows = self.query(f"SELECT id FROM {table} WHERE {column} = 'a@neu.example'")
            self.assertEqual(len(rows), 1, table)
        companies = self.query("SELECT id FROM res_partner WHERE name = 'Neu A GmbH'")
        self.assertEqual(len(companies), 1)

    def test_one_approves_while_the_other_declines(self):
        approve, decline = "kundenportal.registration.approve", "kundenportal.registration.decline"
        first = self.wizards(approve, self.mixed)[0]
        second = self.wizards(decline, self.mixed, reason="Nein.")[1]
        self.decide_at_once([(approve, [first]), (decline, [second])])
        state, partner = self.query(
            "SELECT state, partner_id FROM kundenportal_registration WHERE id = %s", self.mixed.id
        )[0]
        self.assertEqual(bool(partner), state == "approved")

    def test_double_click_on_confirm(self):
        path = f"/register/verify/{self.token}"
        visitors = [Browser(self) for _click in range(5)]
        tokens = [visitor.token(path) for visitor in visitors]
        results = self.at_once(
            [
                lambda visitor=visitor, token=token: visitor.send(path, token)
                for visitor, token in zip(visitors, tokens, strict=True)
            ]
        )
        self.assertTrue(all("/register/status/" in result.url for result in results), results)
        entries = self.query(
            "SELECT id FROM kundenportal_protocol WHERE res_model = %s AND res_id = %s",
            "kundenportal.registration",
            self.verified.id,
        )
        self.assertEqual(len(entries), 1)
        self.assertServerLogClean()
