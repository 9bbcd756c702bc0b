import re
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .cart_common import CartFixture
from .common import PortalCase
from .http_common import PortalHttpCase
from .prices_common import number_pattern

#: A picture of one pixel.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQ"
    "DwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


class ReleaseFixture(CartFixture):
    """Mixin: users may order up to 100, all with taxes."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.company.write({"portal_order_limit_mode": "amount", "portal_order_limit": 100})
        return result

    def as_seen_by(self, contact):
        return self.env["sale.order"].with_user(contact.user_ids)

    def to_release(self, contact):
        """Return what waits for a contact's release, by the list and one by one alike."""
        orders = self.as_seen_by(contact)
        found = orders._search_to_release()
        for order in found:
            self.assertEqual(orders._find_to_release(order.id), order)
        to_dos = contact.user_ids.with_user(contact.user_ids)._prepare_portal_to_dos()
        urls = [to_do["url"] for to_do in to_dos if to_do["kind"] == "release"]
        self.assertEqual(urls, [f"/my/cart/release/{order.id}" for order in found])
        return found

    def stand_in(self, deputy, main=None, **days):
        """Let a colleague stand in for the main user from today on; days as offsets."""
        today = fields.Date.today()
        typed = {
            name: fields.Date.to_string(today + timedelta(days=days.get(name, 0)))
            for name in ("date_from", "date_to")
        }
        deputies = self.env["kundenportal.release.deputy"].with_user((main or self.main).user_ids)
        return deputies._add_by_customer({"deputy": str(deputy.id), **typed})


@tagged("post_install", "-at_install")
class TestRelease(ReleaseFixture, PortalCase):
    """What users send waits for a main user; deputies; what staff see of it."""

    def test_who_needs_a_release(self):
        """40 each: two are 95.20 with taxes, three 142.80."""
        rows = [
            # mode and amount of the company, of the customer, who, how many, waits
            ("free", 0, False, 0, self.user, 9, False),
            ("amount", 95.20, False, 0, self.user, 2, False),
            ("amount", 95.19, False, 0, self.user, 2, True),
            ("amount", 100, False, 0, self.user, 3, True),
            ("amount", 100, False, 0, self.main, 3, False),
            ("release", 0, False, 0, self.user, 1, True),
            ("release", 0, False, 0, self.main, 1, False),
            ("release", 0, "free", 0, self.user, 3, False),
            ("free", 0, "release", 0, self.user, 1, True),
            ("free", 0, "amount", 100, self.user, 3, True),
            ("amount", 10, "amount", 500, self.user, 3, False),
        ]
        for mode, amount, own_mode, own_amount, contact, number, waits in rows:
            self.company.write({"portal_order_limit_mode": mode, "portal_order_limit": amount})
            self.nord.write({"portal_order_limit_mode": own_mode, "portal_order_limit": own_amount})
            with self.subTest(company=mode, customer=own_mode, who=contact.name, number=number):
                order = self.order(
                    contact, quantity=str(number), reference=str((mode, amount, own_mode, number))
                )
                self.assertEqual(order.portal_release_state, "waiting" if waits else "none")
                self.assertEqual(
                    [code for code, _state in self.entries_of(order)],
                    ["release_requested"] if waits else ["order_sent"],
                )
                order.unlink()

    def test_nobody_could_release_it(self):
        single = self._create_contact("Solo", "solo@kp.example", None, "user")
        order = self.order(single, quantity="9")
        self.assertEqual(order.portal_release_state, "none")
        self.assertEqual(self.entries_of(order), [("order_sent", "open")])
        self.main.portal_switch = "blocked"
        self.assertEqual(self.order(self.user, quantity="9").portal_release_state, "none")

    def test_release(self):
        order = self.order(self.user, quantity="3")
        for other in (self.user, self.user2, self.stranger):
            self.assertFalse(self.to_release(other), other.name)
        self.assertEqual(self.to_release(self.main), order)
        self.as_seen_by(self.main)._find_to_release(order.id)._release_by_customer()
        self.assertEqual(order.portal_release_state, "released")
        self.assertEqual(order.portal_release_by_id, self.main)
        self.assertEqual(
            self.entries_of(order),
            [("release_requested", "none"), ("order_released", "none"), ("order_sent", "open")],
        )
        self.assertFalse(self.to_release(self.main))
        with self.assertRaises(UserError):
            self.as_seen_by(self.main)._find_to_release(order.id)._refuse_by_customer("nein")

    def test_refusal(self):
        order = self.order(self.user, quantity="3")
        found = self.as_seen_by(self.main)._find_to_release(order.id)
        found._refuse_by_customer("Noch im Lager")
        self.assertEqual((order.portal_release_state, order.state), ("refused", "cancel"))
        self.assertNotIn("order_sent", dict(self.entries_of(order)))
        self.assertIn("Noch im Lager", self.mails_to(self.user)[-1])
        page = self.as_seen_by(self.user)._find_sent_order(order.id)._prepare_sent_page()
        self.assertEqual((page["stage_code"], page["release_reason"]), ("refused", "Noch im Lager"))

    def test_mails(self):
        (self.main | self.user).lang = "en_US"
        self.main.form_of_address = "informal"
        order = self.order(self.user, quantity="3")
        text = self.mails_to(self.main)[-1]
        self.main.form_of_address = "formal"
        formal_order = self.order(self.user, quantity="3", reference="formal")
        formal = self.mails_to(self.main)[-1]
        self.assertIn(formal_order.name, formal)
        self.assertNotEqual(self.sentences_in(formal), self.sentences_in(text))
        self.assertIn(f"/my/cart/release/{order.id}", text)
        self.assertRegex(text, number_pattern(142.80))
        self.assertNotIn("access_token", text)
        self.assertFalse(self.mails_to(self.stranger))
        self.as_seen_by(self.main)._find_to_release(order.id)._release_by_customer()
        decision = self.mails_to(self.user)[-1]
        self.assertIn(order.name, decision)
        self.assertIn(self.main.name, decision)
        before = len(self.mails_to(self.main))
        self.env["kundenportal.notice.choice"].create(
            {
                "partner_id": self.main.id,
                "kind_id": self.env.ref("kundenportal_addon.notice_kind_release").id,
                "by_mail": False,
            }
        )
        self.order(self.user, quantity="4")
        self.assertEqual(len(self.mails_to(self.main)), before, "who does not want them")

    def test_hidden_prices_count_and_are_not_told(self):
        self.company.portal_shop_show_prices = False
        self.assertEqual(self.order(self.user, quantity="2").portal_release_state, "none")
        self.put(self.user, quantity="3")
        self.assertFalse(self.shown_to(self.user)["needs_release"], "quantities tell no prices")
        order, errors = self.send(self.user)
        self.assertFalse(errors)
        self.assertEqual(order.portal_release_state, "none", "neither before nor after")
        order.action_quotation_sent()
        self.assertFalse(order.with_user(self.user.user_ids).sudo()._has_to_be_signed())
        self.company.portal_order_limit_mode = "release"
        order = self.order(self.user, quantity="3", reference="whatever it costs")
        self.assertEqual(order.portal_release_state, "waiting")
        page = self.as_seen_by(self.main)._find_to_release(order.id)._prepare_release_page()
        told = " ".join([str(page), *self.mails_to(self.main), *self.mails_to(self.user)])
        for number in (40, 120, 142.80):
            self.assertNotRegex(told, number_pattern(number))
        self.as_seen_by(self.main)._find_to_release(order.id)._release_by_customer()
        order.action_quotation_sent()
        mine = order.with_user(self.user.user_ids).sudo()
        self.assertFalse(mine._has_to_be_signed(), "what was released had no price yet")
        self.assertTrue(order.with_user(self.main.user_ids).sudo()._has_to_be_signed())

    def test_staff_wait_for_the_customer(self):
        order = self.order(self.user, quantity="3")
        for step in (order.action_confirm, order.action_quotation_sent):
            with self.assertRaises(UserError):
                step()
        with self.assertRaises(AccessError):
            order.with_user(self.main.user_ids).action_portal_release()
        salesman = self.officer
        salesman.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        order.with_user(salesman).action_portal_release()
        self.assertEqual(order.portal_release_by_id, salesman.partner_id)
        order.action_confirm()
        self.assertEqual(self.entries_of(order)[-1], ("order_sent", "done"))

    def test_what_is_settled_waits_for_nobody(self):
        order = self.order(self.user, quantity="3")
        order._action_cancel()
        self.assertFalse(self.to_release(self.main))

    def test_functions(self):
        """Whoever does not have the shop releases nothing of it."""
        order = self.order(self.user, quantity="3")
        self.main.portal_withheld_function_ids = self.functions["shop"]
        self.assertFalse(self.to_release(self.main))
        self.assertFalse(self.as_seen_by(self.main)._find_to_release(order.id))
        self.assertEqual(self.order(self.user, quantity="4").portal_release_state, "none")
        self.env["sale.order"]._gc_releases()
        self.assertEqual(order.portal_release_state, "none")
        self.assertEqual(self.entries_of(order)[-1], ("order_sent", "open"))

    def test_expired_quotations_wait_for_nobody(self):
        order = self._create_order(self.user, "sent")
        order.with_user(self.user.user_ids)._ask_for_release_by_customer()
        self.assertEqual(self.to_release(self.main), order)
        order.validity_date = fields.Date.today() - timedelta(days=1)
        self.assertFalse(self.to_release(self.main))

    def test_deputy(self):
        order = self.order(self.user, quantity="3")
        self.assertFalse(self.stand_in(self.user2, date_from=1, date_to=2))
        self.assertFalse(self.to_release(self.user2), "not yet")
        self.assertFalse(self.stand_in(self.user2))
        self.assertFalse(self.stand_in(self.user2), "twice is once")
        deputies = self.env["kundenportal.release.deputy"]
        self.assertEqual(len(deputies.with_user(self.main.user_ids)._get_own()), 2)
        self.assertEqual(self.to_release(self.user2), order)
        own = self.order(self.user2, quantity="3")
        self.assertEqual(own.portal_release_state, "waiting")
        self.assertEqual(self.to_release(self.user2), order, "never what one ordered oneself")
        self.assertIn(own.name, self.mails_to(self.main)[-1])
        self.as_seen_by(self.user2)._find_to_release(order.id)._release_by_customer()
        self.assertEqual(order.portal_release_by_id, self.user2)

    def test_deputies_of_whom_and_for_whom(self):
        waiting = self.order(self.user, quantity="3")
        self.assertFalse(self.stand_in(self.user2))
        for name, undo in {
            "the main user is none any more": (
                lambda: self.main._grant_portal_access("user"),
                lambda: self.main._grant_portal_access("main_user"),
            ),
            "the deputy left": (
                lambda: self.user2.write({"parent_id": self.sued.id}),
                lambda: None,
            ),
        }.items():
            change, back = undo
            with self.subTest(name):
                self.assertEqual(self.to_release(self.user2), waiting)
                change()
                self.assertFalse(self.to_release(self.user2))
                back()

    def test_deputies_that_are_refused(self):
        errors = {
            "stranger": self.stand_in(self.stranger),
            "oneself": self.stand_in(self.main),
            "backwards": self.stand_in(self.user2, date_from=5, date_to=2),
            "past": self.stand_in(self.user2, date_from=-5, date_to=-2),
        }
        for name, found in errors.items():
            self.assertTrue(found, name)
        deputies = self.env["kundenportal.release.deputy"].with_user(self.main.user_ids)
        for text in ("", "abc", "2026-99-99", "\x00"):
            found = deputies._add_by_customer(
                {"deputy": str(self.user2.id), "date_from": text, "date_to": text}
            )
            self.assertEqual(set(found), {"date_from", "date_to"})
        with self.assertRaises(AccessError):
            self.stand_in(self.user2, self.user)
        self.assertFalse(self.env["kundenportal.release.deputy"].search([]))

    def test_deputies_that_are_merged(self):
        twin = self._create_contact("Mia Zwei", "mia2@nord.example", self.nord)
        self.stand_in(self.user2)
        absence = self.env["kundenportal.release.deputy"].search([])
        absence.deputy_id = twin
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.main | twin).ids, self.main
        )
        self.assertFalse(absence.exists())

    def test_currency_of_the_limit(self):
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        )
        currency.write(
            {"active": True, "rate_ids": [Command.clear(), Command.create({"rate": 100})]}
        )
        self._create_pricelist(
            {"compute_price": "fixed", "fixed_price": 8000},
            currency_id=currency.id,
            partners=self.nord,
        )
        self.assertEqual(self.order(self.user).portal_release_state, "none", "80 + 15.20 euros")
        self.assertEqual(self.order(self.user, quantity="2").portal_release_state, "waiting")


@tagged("post_install", "-at_install")
class TestAcceptance(ReleaseFixture, PortalHttpCase):
    """The limit holds for Odoo's own acceptance of quotations, whatever the way."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.small, cls.large = cls._create_quotation(1), cls._create_quotation(3)
        return result

    @classmethod
    def _create_quotation(cls, number):
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.user.id,
                "require_signature": True,
                "require_payment": False,
                "order_line": [
                    Command.create({"product_id": cls.article.id, "product_uom_qty": number})
                ],
            }
        )
        order.action_quotation_sent()
        return order

    def accept(self, order, with_token=False):
        """Sign a quotation as the page does.

        :return: whether it was confirmed
        """
        token = order._portal_ensure_token() if with_token else None
        self.env.flush_all()
        self.url_open(
            f"/my/orders/{order.id}/accept",
            json=self.build_rpc_payload(
                {"access_token": token, "name": "x", "signature": SIGNATURE}
            ),
        )
        order.invalidate_recordset()
        self.assertEqual(bool(order.signature), order.state == "sale")
        return order.state == "sale"

    def test_who_may_accept(self):
        self.sign_in(self.user)
        self.assertFalse(self.accept(self.large))
        self.assertFalse(self.accept(self.large, with_token=True))
        self.assertTrue(self.accept(self.small))
        self.leave()
        self.assertFalse(self.accept(self.large, with_token=True), "anybody may have the link")
        self.sign_in(self.stranger)
        self.assertFalse(self.accept(self.large, with_token=True), "a main user of somebody else")
        self.sign_in(self.main)
        self.assertTrue(self.accept(self.large))

    def test_a_quotation_that_was_revised_meanwhile(self):
        self.sign_in(self.user)
        page = self.get_page(f"/my/orders/{self.small.id}")
        props = page.xpath("//owl-component[@name='portal.signature_form']/@props")[0]
        url = re.search(r'"callUrl": "([^"]+)"', props).group(1)
        self.assertIn("seen=", url)
        self.small.order_line.price_unit = 50
        self.env.flush_all()
        call = self.build_rpc_payload({"name": "x", "signature": SIGNATURE})
        self.assertIn("error", self.url_open(url, json=call).json()["result"])
        self.small.invalidate_recordset()
        self.assertEqual(self.small.state, "sent")
        self.small.order_line.price_unit = 40
        self.env.flush_all()
        self.assertNotIn("error", self.url_open(url, json=call).json()["result"])
        self.small.invalidate_recordset()
        self.assertEqual(self.small.state, "sale")

    def test_a_customer_without_portal_keeps_odoos(self):
        lonely = self.env["res.partner"].create({"name": "Kunde", "email": "k@kunde.example"})
        self.large.partner_id = lonely
        self.leave()
        self.assertTrue(self.accept(self.large, with_token=True))

    def test_ask_and_release(self):
        page = f"/my/orders/{self.large.id}"
        self.sign_in(self.user)
        self.assertTrue(self.get_page(page).xpath("//form[contains(@class, 'kp_ask_release')]"))
        for _twice in range(2):
            self.assertEqual(self.submit(f"{page}/release").status_code, 303)
        self.assertEqual(self.large.portal_release_state, "waiting")
        self.assertEqual(len(self.mails_to(self.main)), 1)
        shown = self.get_page(page)
        self.assertTrue(shown.xpath("//*[@data-state='waiting']"))
        self.assertFalse(shown.xpath("//form[contains(@class, 'kp_ask_release')]"))
        self.sign_in(self.main)
        url = f"/my/cart/release/{self.large.id}"
        self.assertTrue(self.get_page(url).xpath("//form[contains(@class, 'kp_release_form')]"))
        self.assertEqual(self.submit(url, decision="release").status_code, 303)
        self.assertEqual((self.large.portal_release_state, self.large.state), ("released", "sent"))
        self.sign_in(self.user)
        self.large.order_line.product_uom_qty = 4
        self.assertFalse(self.accept(self.large), "it costs more than was released")
        self.large.order_line.product_uom_qty = 3
        self.assertTrue(self.accept(self.large))

    def test_only_what_needs_it_asks(self):
        self.sign_in(self.user)
        self.submit(f"/my/orders/{self.small.id}/release")
        self.assertEqual(self.small.portal_release_state, "none")
        self.sign_in(self.user2)
        self.assertEqual(self.submit(f"/my/orders/{self.large.id}/release").status_code, 404)

    def test_payment(self):
        order = self.large
        order.write({"require_signature": False, "require_payment": True})
        self.assertFalse(order.with_user(self.user.user_ids).sudo()._has_to_be_paid())
        self.assertTrue(order.with_user(self.main.user_ids).sudo()._has_to_be_paid())
        public = self.env.ref("base.public_user")
        values = {
            "provider_id": self.env["payment.provider"].search([], limit=1).id,
            "payment_method_id": self.env["payment.method"]
            .with_context(active_test=False)
            .search([], limit=1)
            .id,
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
            "partner_id": self.user.id,
            "sale_order_ids": [Command.set(order.ids)],
        }
        for user in (self.user.user_ids, public):
            transactions = self.env["payment.transaction"].with_user(user).sudo()
            with self.subTest(user=user.login), self.assertRaises(ValidationError):
                transactions.create({**values, "reference": user.login})
        transactions = self.env["payment.transaction"].with_user(self.main.user_ids).sudo()
        paid = transactions.create({**values, "reference": "main"})
        self.assertTrue(paid)
        # The money is there: nobody refuses it, whoever asks.
        paid.state = "done"
        paid.with_user(public).sudo()._check_amount_and_confirm_order()
        self.assertEqual(order.state, "sale")

    def test_confirming_by_itself_is_refused(self):
        with self.assertRaises(UserError):
            self.large.with_user(self.user.user_ids).sudo()._validate_order()

    def test_what_one_sent_itself_staff_look_at_first(self):
        order = self.order(self.user)
        self.sign_in(self.user)
        self.assertFalse(self.accept(order))
        self.assertFalse(self.accept(order, with_token=True))
