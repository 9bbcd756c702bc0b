from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .activity_common import ActivityFixture
from .cart_common import CartFixture
from .common import PortalCase
from .http_common import PortalHttpCase

ROW = {"date", "code", "icon", "what", "about", "url", "note", "contact", "by", "address"}


class HistoryFixture(ActivityFixture):
    """Mixin: what contacts see of the protocol; what the fixture itself wrote is left out."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.Protocol = cls.env["kundenportal.protocol"]
        cls.env.flush_all()
        cls.env.cr.execute("DELETE FROM kundenportal_protocol")
        cls.env.invalidate_all()
        return result

    def rows(self, contact, **typed):
        """Return the rows of a contact's history, counted and listed alike."""
        self.env.flush_all()
        entries = self.env["kundenportal.protocol"].with_user(contact.user_ids)
        choice = entries._read_portal_choice(typed)
        rows = entries._search_for_portal(choice)._prepare_portal_rows()
        self.assertEqual(entries._count_for_portal(choice), len(rows))
        return rows

    def codes(self, contact, **typed):
        return [row["code"] for row in self.rows(contact, **typed)]


@tagged("post_install", "-at_install")
class TestOwnProtocol(HistoryFixture, PortalCase):
    """Whose entries customers see, and what of them."""

    def log(self, code, contact, note=None, **details):
        return self.Protocol._log(code, contact, note, **details)

    def test_personal_entries_are_each_persons_own(self):
        login = self.user.user_ids
        self.log("signed_in", self.user, ip="192.0.2.7", user=login)
        self.log("password_set", self.user, ip="198.51.100.1", user=self.manager)
        self.log("sign_in_failed", self.user, ip="203.0.113.5", user=login.browse())
        self.log("message_reply", self.user, "Kündigung: bitte vertraulich", user=login)
        self.log("low_rating", self.user, "Umfrage: 10 %")
        self.log("portal_settings_changed", None, "Logo")
        rows = self.rows(self.user)
        self.assertEqual(
            [(row["code"], row["address"], row["by"]) for row in rows],
            [
                ("message_reply", "", "Uwe User"),
                ("sign_in_failed", "203.0.113.5", ""),
                ("password_set", "", self.company.name),
                ("signed_in", "192.0.2.7", "Uwe User"),
            ],
        )
        self.assertEqual(set(rows[0]), ROW)
        self.assertEqual(rows[0]["note"], "Kündigung: bitte vertraulich")
        for other in (self.main, self.user2, self.stranger):
            self.assertFalse(self.rows(other), other.name)
        self.assertFalse(self.rows(self.main, search="Kündigung"))
        with self.assertRaises(AccessError):
            self.Protocol.with_user(login).search([])

    def test_main_users_see_accesses_and_data_by_function(self):
        self.log("access_granted", self.user, "Benutzer", user=self.officer)
        self.log("data_changed", self.nord, "Straße", user=self.main.user_ids)
        self.log("contact_left", self.user2, user=self.main.user_ids)
        rows = self.rows(self.main)
        self.assertEqual(
            [row["code"] for row in rows], ["contact_left", "data_changed", "access_granted"]
        )
        self.assertEqual([row["contact"] for row in rows], ["Ute User", "Nord GmbH", "Uwe User"])
        self.assertEqual([row["by"] for row in rows], ["Mia Main", "Mia Main", self.company.name])
        self.assertEqual([row["note"] for row in rows], ["", "Straße", "Benutzer"])
        # The rest is of its own doing.
        self.assertEqual(self.codes(self.main, whose="own"), ["contact_left", "data_changed"])
        self.assertEqual(self.codes(self.user), ["access_granted"])
        self.assertEqual(self.codes(self.user2), ["contact_left"])
        self.main.portal_withheld_function_ids = [
            Command.set((self.functions["colleagues"] | self.functions["master_data"]).ids)
        ]
        self.assertEqual(self.codes(self.main), ["contact_left", "data_changed"])

    def test_cases_are_those_that_may_be_read(self):
        case = self._create_case(self.user, "Streifen im Druck")
        secret = self._create_case(self.user, "Abmahnung", is_confidential=True)
        self.assertEqual(self.codes(self.user), ["activity_opened"] * 2)
        rows = self.rows(self.main)
        self.assertEqual([row["about"] for row in rows], [f"{case.number} Streifen im Druck"])
        self.assertEqual(rows[0]["url"], f"/my/activities/{case.id}")
        for word in ("Abmahnung", secret.number):
            self.assertFalse(self.rows(self.main, search=word), word)
            self.assertEqual(len(self.rows(self.user, search=word)), 1, word)
        self._let_take_part(secret, self.main)
        self.assertEqual(len(self.rows(self.main)), 2)
        self.main.portal_withheld_function_ids = [Command.set(self.functions["activities"].ids)]
        self.assertFalse(self.rows(self.main))

    def test_a_title_of_the_staff_is_neither_shown_nor_found(self):
        self.ticket_type.portal_title = "Ihre Anfrage {{ object.number }}"
        case = self._create_case(self.user, "Querulant")
        self.assertEqual(
            self.rows(self.user)[0]["about"], f"{case.number} Ihre Anfrage {case.number}"
        )
        self.assertNotIn("Querulant", str(self.rows(self.user)))
        self.assertFalse(self.rows(self.user, search="Querulant"))
        self.assertTrue(self.rows(self.user, search=case.number))

    def test_business_of_the_former_company_stays_there(self):
        case = self._create_case(self.user, "Angebot für Nord")
        order = self._create_order(self.user)
        self.user.parent_id = self.sued
        case._change_state("in_progress")
        self.log("release_requested", self.user, order.name, record=order)
        self.assertFalse(self.codes(self.stranger), "the new company learns nothing of it")
        self.assertEqual(self.codes(self.user)[0], "release_requested")
        self.assertNotIn(order.name, str(self.rows(self.user)))
        self.assertNotIn("Angebot", str(self.rows(self.user)))

    def test_orders_are_those_that_may_be_read(self):
        order = self._create_order(self.user)
        self.log("release_refused", self.user, f"{order.name}: zu teuer", record=order)
        self.log("document_opened", self.user, order.name, record=order, user=self.user.user_ids)
        rows = self.rows(self.main)
        self.assertEqual([row["code"] for row in rows], ["release_refused"])
        self.assertEqual(rows[0]["url"], f"/my/orders/{order.id}")
        self.assertEqual(rows[0]["note"], f"{order.name}: zu teuer")
        self.assertEqual(len(self.rows(self.user)), 2)
        self.main.portal_withheld_function_ids = [Command.set(self.functions["documents"].ids)]
        self.assertFalse(self.rows(self.main))

    def test_who_is_gone_has_no_name(self):
        clerk = self.officer.copy({"login": "kp_gone", "name": "Gone Clerk"})
        self.log("access_granted", self.user, user=clerk)
        clerk.unlink()
        self.assertNotIn("Gone Clerk", str(self.rows(self.user)))
        self.assertTrue(self.rows(self.user)[0]["by"])

    def test_narrowed_by_group_and_words(self):
        self.log("data_changed", self.user, "Telefon")
        self.log("email_verified", self.user, "uwe@nord.example")
        self.assertEqual(self.codes(self.user, group="data"), ["data_changed"])
        self.assertEqual(self.codes(self.user, search="nord.example"), ["email_verified"])
        self.assertEqual(self.codes(self.user, search="100%"), [])
        kind = self.env.ref("kundenportal_addon.protocol_kind_data_changed")
        self.assertEqual(self.codes(self.user, search=kind.name), ["data_changed"])
        for junk in ("x" * 10_000, "\x00", "%", "_", "'; --"):
            self.rows(self.user, search=junk, group=junk, whose=junk)

    def test_what_staff_note_about_cases_is_not_shown(self):
        case = self._create_case(self.user)
        self.log("action_done", self.user, "Sachbearbeiter meint: schwierig", record=case)
        self.log("appointment_cancelled_by_staff", self.user, "Kollege krank")
        self.assertFalse([row["note"] for row in self.rows(self.user) if row["note"]])
        self.assertFalse(self.rows(self.user, search="schwierig"))


@tagged("post_install", "-at_install")
class TestOwnProtocolPages(HistoryFixture, CartFixture, PortalHttpCase):
    """/my/protocol."""

    def test_page(self):
        for number in range(25):
            self.Protocol._log("data_changed", self.user, f"<b>Feld</b> {number}")
        self.Protocol._log("signed_in", self.user, user=self.user.user_ids, ip="192.0.2.7")
        self.sign_in(self.user)
        self.assertTrue(self.get_page("/my/account").xpath("//a[@href='/my/protocol']"))
        page = self.get_page("/my/protocol")
        self.assertEqual(len(page.find_class("kp_entry")), 20)
        self.assertIn("192.0.2.7", page.text_content())
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_note')]//b"))
        self.assertFalse(page.xpath("//*[@id='protocol_whose']"))
        page = self.get_page("/my/protocol/page/2?group=data")
        self.assertEqual(len(page.find_class("kp_entry")), 5)
        self.assertEqual(self.url_open("/my/protocol/page/9999999999").status_code, 200)
        page = self.get_page("/my/protocol?group=sign_in&search=%00%3Cscript%3E")
        self.assertFalse(page.find_class("kp_entry"))
        self.assertTrue(page.find_class("kp_found"))
        self.sign_in(self.main)
        page = self.get_page("/my/protocol?group=data")
        self.assertTrue(page.xpath("//*[@id='protocol_whose']"))
        self.assertNotIn("192.0.2.7", page.text_content())

    def test_queries(self):
        for number in range(5):
            case = self._create_case(self.user, f"Fall {number}")
            order = self._create_order(self.user)
            case._change_state("in_progress")
            self.Protocol._log("release_refused", self.user, "Grund", record=order)
            self.Protocol._log("contact_left", self.user2, user=self.main.user_ids)
        self.sign_in(self.main)
        self.assertPageQueries("/my/protocol", 25)
        count = self.count_page_queries("/my/protocol")
        for number in range(5):
            self._create_case(self.user2, f"Weiterer {number}")
        self.assertEqual(self.count_page_queries("/my/protocol"), count, "however many rows")
