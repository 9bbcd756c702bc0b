from lxml import html

from odoo.tests import tagged

from .activity_common import ActivityFixture
from .form_common import FormFixture
from .http_common import BrowserCase


@tagged("post_install", "-at_install")
class TestFormPages(FormFixture, ActivityFixture, BrowserCase):
    """The page of a form, as customers get it."""

    def setUp(self):
        super().setUp()
        self.url = f"/my/activities/{self.case.id}/action/{self.form.id}"
        self.sign_in(self.user)

    def send(self, key="k", half=False, files=None, **data):
        """Send the form, without following what comes after."""
        return self.url_open(
            self.url,
            data={
                **data,
                "save": "half" if half else "done",
                "form_key": key,
                "csrf_token": self.csrf_token(),
            },
            files=files,
            allow_redirects=False,
        )

    def test_form_keeps_what_was_typed_and_says_what_is_wrong(self):
        page = self.get_page(self.url)
        for field in self.form.field_ids:
            with self.subTest(field=field.name):
                name = self._name(field)
                if field.kind == "several":
                    self.assertTrue(page.xpath(f"//fieldset[@id='{name}']/legend"))
                else:
                    self.assertTrue(page.xpath(f"//label[@for='{name}']"))
                    self.assertTrue(page.xpath(f"//*[@id='{name}' and @name='{name}']"))
        data = self.typed(device=self.printer, pages="zwölf", extras=[self.fax], reason="<b>x</b>")
        response = self.send(**data)
        self.assertEqual(response.status_code, 200)
        page = self.tree(response)
        serial, pages = self._name(self.serial), self._name(self.pages)
        for name in (serial, pages):
            field = page.xpath(f"//*[@name='{name}']")[0]
            self.assertEqual(field.get("aria-invalid"), "true")
            self.assertIn(f"{name}_error", field.get("aria-describedby"))
            self.assertTrue(page.xpath(f"//*[@id='{name}_error' and @role='alert']"))
        self.assertEqual(page.xpath(f"//input[@name='{pages}']/@value"), ["zwölf"])
        self.assertEqual(
            page.xpath(f"//select[@name='{self._name(self.device)}']/option[@selected]/@value"),
            [str(self.printer.id)],
        )
        fax = self._name(self.extras, self.fax)
        self.assertTrue(page.xpath(f"//input[@name='{fax}' and @checked]"))
        self.assertEqual(
            page.xpath(f"//textarea[@name='{self._name(self.reason)}']")[0].text, "<b>x</b>"
        )
        self.assertFalse(self.case.form_response_ids)

    def test_half_way_then_finished_by_a_double_click(self):
        data = self.typed(device=self.printer)
        photo = {self._name(self.photo): ("foto.jpg", b"JPEG", "image/jpeg")}
        response = self.send(half=True, files=photo, **data)
        self.assertRegex(
            response.headers["Location"], rf"/my/activities/{self.case.id}\?done=saved"
        )
        page = self.get_page(self.url)
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_form_half')]"))
        self.assertTrue(
            page.xpath(f"//input[starts-with(@name, '{self._name(self.photo)}_remove_')]")
        )
        done = self.typed(device=self.printer, serial="4711")
        for _click in range(2):
            response = self.send(key="other", **done)
            self.assertRegex(response.headers["Location"], r"\?done=action")
        form_response = self.case.form_response_ids
        self.assertEqual((form_response.version, form_response.state), (1, "done"))
        case_page = self.get_page(f"/my/activities/{self.case.id}")
        self.assertFalse(case_page.xpath(f"//a[@href='{self.url}']"), "done")
        links = case_page.xpath("//a[contains(@href, '/attachment/')]/@href")
        self.assertEqual(self.url_open(links[0]).content, b"JPEG")
        response = self.send(key="third", **done)
        self.assertEqual(response.status_code, 200)
        refusal = self.tree(response).xpath("//*[contains(@class, 'kp_refusal')]")[0]
        self.assertIn("4711", refusal.xpath(".//dd/text()"), "what was typed can be copied")
        self.sign_in(self.user2)
        self.assertEqual(self.url_open(self.url).status_code, 404)
        self.assertEqual(self.url_open(links[0]).status_code, 404)

    def test_ids_of_others(self):
        foreign = self._create_action("comment", self._create_type("Andere"))
        base = f"/my/activities/{self.case.id}/action"
        for url in (
            f"{base}/{foreign.id}",
            f"{base}/{2**40}",
            f"{base}/0",
            f"/my/action/{self.form.id}",
        ):
            with self.subTest(url=url):
                self.assertEqual(self.url_open(url).status_code, 404)
                self.assertEqual(self.submit(url, form_key="x").status_code, 404)
        self.assertFalse(self.case.action_use_ids)

    def test_actions_on_the_home(self):
        action = self.env["kundenportal.activity.action"].create(
            {"name": "Bitte anrufen", "code": "request", "request_type_id": self.ticket_type.id}
        )
        url = f"/my/action/{action.id}"
        page = self.get_page("/my")
        self.assertTrue(page.xpath(f"//*[contains(@class, 'kp_home_actions')]//a[@href='{url}']"))
        self.get_page(url)
        response = self.submit(url, text="Ab 14 Uhr", form_key="k")
        case = self.env["kundenportal.activity"].search([("name", "=", "Bitte anrufen")])
        self.assertRegex(response.headers["Location"], rf"/my/activities/{case.id}\?done=created")
        self.assertEqual(case.partner_id, self.user)

    def test_fields_appear_with_what_is_chosen(self):
        self.start_portal_tour("kundenportal_form_visibility", self.user, url=self.url)
        self.assertEqual(self.case.form_response_ids.state, "done")

    def tree(self, response):
        return html.fromstring(response.content)
