from odoo.tests import tagged

from . import test_axe
from .registration_common import FORM, RegistrationFixture


@tagged("post_install", "-at_install")
class TestRegistrationAxe(RegistrationFixture, test_axe.AxeCase):
    """axe looks at the pages of the registration, on a phone's width and a desktop's."""

    def test_pages_of_the_registration(self):
        self.leave()
        waiting = self._create_registration("unverified", email="a@neu.example")
        token = self.env["kundenportal.link"]._issue("registration", waiting)
        declined = self._create_registration(email="b@neu.example")
        declined._decline("Zugang nur für Kunden.")
        approved = self._create_registration(email="c@neu.example")
        approved._approve("user", values={})
        verified = self._create_registration(email="d@neu.example")
        states = [
            registration._get_status_path() for registration in declined | approved | verified
        ]
        self.look_at(["/register", f"/register/verify/{token}", "/register/verify/x", *states])
        self.company.portal_registration = False
        self.look_at(["/register"])

    def test_answers_of_the_form(self):
        self.leave()
        for phone, selector in (("abc", "#register_phone_error"), ("0421 5566", ".alert-success")):
            for width in test_axe.WIDTHS:
                with self.subTest(phone=phone, width=width), self.page(width) as page:
                    page.goto(self.base_url() + "/register")
                    for name, value in {**FORM, "phone": phone}.items():
                        page.fill(f"[name={name}]", value)
                    with page.expect_navigation(wait_until="load"):
                        page.click(".o_kundenportal_registration button[type=submit]")
                    page.wait_for_selector(selector)
                    self.assertNoFindings(page, "/register", width)
