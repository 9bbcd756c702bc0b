from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .cart_common import CartFixture
from .common import PortalCase
from .prices_common import number_pattern


@tagged("post_install", "-at_install")
class TestCart(CartFixture, PortalCase):
    """What lies in a cart, whose it is, and what may lie in it."""

    def test_the_same_again_is_added_up(self):
        self.assertFalse(self.put(self.user, quantity="2"))
        self.assertFalse(self.put(self.user, quantity="3"))
        self.assertEqual(self.lines_of(self.user), [(self.article, 5)])
        self.assertEqual(self.user.portal_cart_count, 1)

    def test_each_printer_has_a_line_of_its_own(self):
        for device in (self.printer, self.printer2, self.printer):
            self.assertFalse(self.put(self.user, self.black, device=device))
        self.assertEqual(self.lines_of(self.user, "printers"), [(self.black, 2), (self.black, 1)])
        self.assertFalse(self.lines_of(self.user), "that is the other shop")
        self.assertEqual(self.user.portal_cart_count, 2)

    def test_a_cart_is_its_persons(self):
        self.put(self.user)
        for other in (self.user2, self.main, self.stranger):
            self.assertFalse(self.lines_of(other))

    def test_several_at_once(self):
        rows = [
            (str(self.black.id), str(self.printer.id), "1"),
            (str(self.cyan.id), str(self.printer.id), "2"),
            (str(self.black.id), str(self.printer.id), "4"),
        ]
        carts = self.cart_of(self.user)
        self.assertFalse(carts._add_by_customer("printers", rows))
        self.assertEqual(self.lines_of(self.user, "printers"), [(self.black, 5), (self.cyan, 2)])
        rows[1] = (str(self.cyan.id), str(self.printer2.id), "2")
        self.assertEqual(list(carts._add_by_customer("printers", rows)), [1], "does not fit there")
        self.assertEqual(len(self.lines_of(self.user, "printers")), 2, "all of it or nothing")

    def test_quantities(self):
        self.keyboard.write({"portal_min_quantity": 4, "portal_step_quantity": 2})
        for text in ("", "abc", "0", "-1", "NaN", "inf", "1e9", "999999", "1.000.000", "3", "5"):
            with self.subTest(quantity=text):
                self.assertEqual(list(self.put(self.user, quantity=text)), [0])
        for text in ("4", "6", "8,0", "4.0"):
            with self.subTest(quantity=text):
                self.assertFalse(self.put(self.user, quantity=text))
        self.assertEqual(self.lines_of(self.user), [(self.article, 22)])

    def test_never_more_than_the_most(self):
        for _time in range(2):
            self.put(self.user, quantity="90000")
        self.assertEqual(self.lines_of(self.user), [(self.article, 99999)])

    def test_what_is_not_for_sale_is_refused(self):
        other = self.env["res.company"].create({"name": "Andere"})
        ways = {
            "archived": {"active": False},
            "not for sale": {"sale_ok": False},
            "not in the shop": {"portal_shop_ok": False},
            "another company's": {"company_id": other.id},
        }
        for name, values in ways.items():
            article = self._create_article(name).product_variant_id
            self.assertFalse(self.put(self.user, article))
            article.product_tmpl_id.write(values)
            with self.subTest(article=name):
                self.assertTrue(self.put(self.user, article))
                order, errors = self.send(self.user)
                self.assertFalse(order)
                self.assertIn("form", errors, "what became so after it was put in")
                self.cart_of(self.user)._get_lines("shop").unlink()

    def test_ids_that_are_none(self):
        carts = self.cart_of(self.user)
        for product in ("", "abc", "0", "-5", "99999999", "99999999999999", "1 OR 1=1", "\x00"):
            with self.subTest(product=product):
                self.assertEqual(list(carts._add_by_customer("shop", [(product, "", "1")])), [0])

    def test_supplies_need_a_printer_of_ones_own(self):
        other = self.env["res.company"].create({"name": "Andere"})
        self.user.user_ids.company_ids |= other
        refused = {
            "without": None,
            "another customer's": self.foreign_printer,
            "no printer": self._create_printer("Telefon", self.nord),
            "served by another of us": self._create_printer(
                "Fern", self.nord, self.copier, company_id=other.id
            ),
        }
        for name, device in refused.items():
            with self.subTest(printer=name):
                row = (str(self.black.id), str(device.id) if device else "", "1")
                self.assertTrue(self.cart_of(self.user)._add_by_customer("printers", [row]))
        self.assertTrue(self.put(self.user, self.cyan, device=self.printer2), "does not fit")
        self.assertTrue(self.put(self.user, self.black), "supplies are not in the shop")

    def test_a_printer_that_moved_on(self):
        self.put(self.user, self.black, device=self.printer)
        self.printer.customer_id = self.sued
        self.assertFalse(self.lines_of(self.user, "printers"))
        self.assertFalse(self.user.portal_cart_count)

    def test_a_shop_that_one_does_not_have(self):
        self.user.portal_withheld_function_ids = self.functions["shop"]
        with self.assertRaises(AccessError):
            self.put(self.user)
        self.assertFalse(self.put(self.user, self.black, device=self.printer))
        with self.assertRaises(AccessError):
            self.cart_of(self.user)._add_by_customer("anything", [("1", "", "1")])

    def test_details_are_kept_and_checked(self):
        carts = self.cart_of(self.user)
        tomorrow = fields.Date.to_string(fields.Date.today() + timedelta(days=1))
        typed = {
            "reference": " B-17 ",
            "note": "Bitte\nhinten",
            "delivery": str(self.site.id),
            "wished_date": tomorrow,
        }
        self.assertFalse(carts._update_by_customer("shop", typed))
        shown = self.details_of(self.user)
        self.assertEqual(
            [shown[name] for name in typed], ["B-17", "Bitte\nhinten", str(self.site.id), tomorrow]
        )
        wrong = {
            "reference": "x" * 101,
            "note": "x" * 2001,
            "delivery": str(self.sued.id),
            "wished_date": "2001-01-01",
        }
        self.assertEqual(set(carts._update_by_customer("shop", wrong)), set(wrong))
        for text in ("gestern", "9999-99-99", "9999-12-31", "\x00"):
            errors = carts._update_by_customer("shop", {"wished_date": text})
            self.assertEqual(bool(errors), text != "\x00", text)
        self.assertEqual(self.details_of(self.user, "printers")["reference"], "")

    def test_addresses_are_the_companys(self):
        foreign = self.env["res.partner"].create(
            {"name": "Tor 2", "type": "delivery", "parent_id": self.sued.id}
        )
        private = self.env["res.partner"].create(
            {"name": "Anna privat", "type": "contact", "parent_id": self.nord.id}
        )
        addresses = self.cart_of(self.user)._get_addresses()
        self.assertLessEqual(self.nord | self.site, addresses)
        for contact, address in ((self.user, self.site), (self.stranger, foreign)):
            self.assertEqual(contact.address_get(["delivery"])["delivery"], address.id)
            self.assertEqual(self.cart_of(contact)._get_addresses()[0], address)
        self.assertEqual(self.cart_of(self.person)._get_addresses(), self.person)
        mine = self.env["res.partner"].create(
            {"name": "Zu Hause", "type": "delivery", "parent_id": self.user.id}
        )
        self.assertEqual(self.user.address_get(["delivery"])["delivery"], mine.id)
        self.assertEqual(self.cart_of(self.user)._get_addresses()[0], mine)
        self.assertEqual(
            self.cart_of(self.user2)._get_addresses()[0].id,
            self.user2.address_get(["delivery"])["delivery"],
        )
        self.assertFalse(addresses & (foreign | private | self.user2 | self.main | self.sued))

    def test_contacts_that_are_merged(self):
        twin = self._create_contact("Uwe Zwei", "uwe2@nord.example", self.nord)
        self.put(self.user, quantity="2")
        self.put(self.user2, quantity="3")
        self.put(self.user2, self.black, device=self.printer)
        for contact in (self.user, self.user2):
            self.cart_of(contact)._update_by_customer("shop", {"reference": contact.name})
        # Odoo merges no two contacts with logins.
        lines = self.cart_of(self.user2)._get_lines("shop")
        lines |= self.cart_of(self.user2)._get_lines("printers")
        lines.partner_id = twin
        self.cart_of(self.user2)._get_details("shop").partner_id = twin
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.user | twin).ids, self.user
        )
        self.assertEqual(self.lines_of(self.user), [(self.article, 5)])
        self.assertEqual(self.lines_of(self.user, "printers"), [(self.black, 1)])
        self.assertEqual(self.user.portal_cart_count, 2)
        self.assertEqual(len(self.cart_of(self.user)._get_details("shop")), 1)

    def test_who_changes_company_begins_anew(self):
        self.put(self.user, self.black, device=self.printer)
        self.cart_of(self.user)._update_by_customer("shop", {"reference": "GEHEIM"})
        self.user.parent_id = self.sued
        self.assertFalse(self.lines_of(self.user, "printers"))
        self.assertNotIn("GEHEIM", str(self.details_of(self.user)))

    def test_counts_heal(self):
        self.put(self.user)
        self.env.cr.execute("DELETE FROM kundenportal_cart_line")
        self.env.invalidate_all()
        self.assertEqual(self.user.portal_cart_count, 1)
        self.env["kundenportal.cart.line"]._gc_counts()
        self.assertEqual(self.user.portal_cart_count, 0)


@tagged("post_install", "-at_install")
class TestCartSending(CartFixture, PortalCase):
    """The one order that becomes of a cart."""

    def test_the_order(self):
        pricelist = self._create_pricelist(
            {"compute_price": "percentage", "percent_price": 10}, partners=self.nord
        )
        self.assertFalse(self.put(self.user, quantity="3"))
        tomorrow = fields.Date.today() + timedelta(days=1)
        order, errors = self.send(
            self.user,
            delivery=str(self.site.id),
            reference="B-17",
            note="hinten",
            wished_date=fields.Date.to_string(tomorrow),
            price_unit="0.01",
            amount_total="0.01",
        )
        self.assertFalse(errors)
        self.assertRecordValues(
            order,
            [
                {
                    "partner_id": self.user.id,
                    "partner_shipping_id": self.site.id,
                    "portal_commercial_partner_id": self.nord.id,
                    "company_id": self.company.id,
                    "pricelist_id": pricelist.id,
                    "state": "draft",
                    "portal_channel": "shop",
                    "is_quote_request": False,
                    "client_order_ref": "B-17",
                    "portal_note": "hinten",
                    "portal_wished_date": tomorrow,
                    "portal_release_state": "none",
                    "amount_untaxed": 108,
                    "amount_total": 128.52,
                }
            ],
        )
        self.assertEqual(
            order.partner_invoice_id,
            self.user.browse(self.user.address_get(["invoice"])["invoice"]),
        )
        self.assertFalse(self.lines_of(self.user))
        self.assertFalse(self.user.portal_cart_count)
        shown = self.details_of(self.user)
        self.assertEqual((shown["reference"], shown["delivery"]), ("", str(self.site.id)))

    def test_supplies_keep_their_printer(self):
        for device in (self.printer, self.printer2):
            self.put(self.user, self.black, device=device)
        self.put(self.user)
        order, errors = self.send(self.user, "printers")
        self.assertFalse(errors)
        self.assertEqual(order.portal_channel, "printers")
        self.assertEqual(order.order_line.portal_equipment_id, self.printer | self.printer2)
        self.assertEqual(self.lines_of(self.user), [(self.article, 1)], "the other cart stays")

    def test_the_page_shows_what_the_order_says(self):
        self._create_pricelist(
            {"compute_price": "percentage", "percent_price": 10},
            {"compute_price": "fixed", "fixed_price": 7.77, "min_quantity": 5},
            partners=self.nord,
        )
        others = [self._create_article(f"A{number}", 3.33) for number in range(3)]
        for number, article in enumerate([self.keyboard, *others]):
            self.put(self.user, article.product_variant_id, str(number * 3 + 1))
        cart = self.shown_to(self.user)
        order, errors = self.send(self.user)
        self.assertFalse(errors)
        self.assertEqual(cart["totals"]["total"], order.amount_total)
        self.assertEqual(
            [row["amount"] for row in cart["rows"]], order.order_line.mapped("price_subtotal")
        )

    def test_sent_twice_it_is_one_order(self):
        self.put(self.user)
        first, _errors = self.send(self.user, key="once")
        again, errors = self.send(self.user, key="once")
        self.assertEqual((again, errors), (first, {}))
        nothing, errors = self.send(self.user, key="another")
        self.assertFalse(nothing)
        self.assertIn("form", errors)

    def test_an_empty_cart_is_not_sent(self):
        order, errors = self.send(self.user)
        self.assertFalse(order)
        self.assertIn("form", errors)

    def test_nobody_sends_without_end(self):
        self.put(self.user)
        throttle = self.registry["kundenportal.throttle"]
        with patch.object(throttle, "_get_refusal", lambda self, scope, **keys: "Genug"):
            order, errors = self.send(self.user)
        self.assertFalse(order)
        self.assertEqual(errors, {"form": "Genug"})

    def test_typed_quantities_count(self):
        self.put(self.user)
        line = self.cart_of(self.user)._get_lines("shop")
        order, errors = self.send(self.user, **{f"quantity_{line.id}": "7"})
        self.assertFalse(order)
        self.assertIn("form", errors, "the total on the page was another one")
        self.assertEqual(line.quantity, 7, "what was typed is not lost")
        order, errors = self.send(self.user, **{f"quantity_{line.id}": "7"})
        self.assertFalse(errors)
        self.assertEqual(order.order_line.product_uom_qty, 7)

    def test_wrong_quantities_are_not_sent(self):
        self.put(self.user)
        line = self.cart_of(self.user)._get_lines("shop")
        for text in ("0", "-3", "1e9", "abc", ""):
            order, errors = self.send(self.user, **{f"quantity_{line.id}": text})
            self.assertFalse(order)
            self.assertEqual(list(errors), [f"quantity_{line.id}"])
        self.assertEqual(line.quantity, 1)

    def test_prices_that_changed(self):
        self.put(self.user)
        carts = self.cart_of(self.user)
        shown = self.shown_to(self.user)
        self.keyboard.list_price = 50
        typed = {"mode": shown["mode"], "seen": shown["seen"]}
        order, errors = carts._send_by_customer("shop", typed, "k")
        self.assertFalse(order)
        self.assertIn("form", errors)

    def test_another_device_put_something_in(self):
        self.put(self.user)
        carts = self.cart_of(self.user)
        shown = self.shown_to(self.user)
        self.put(self.user, self._create_article("Maus", 0).product_variant_id)
        typed = {"mode": shown["mode"], "seen": shown["seen"]}
        order, errors = carts._send_by_customer("shop", typed, "k")
        self.assertFalse(order)
        self.assertIn("form", errors)

    def test_the_mode_changed_meanwhile(self):
        for before, after in ((True, False), (False, True)):
            with self.subTest(shown_before=before):
                self.company.portal_shop_show_prices = before
                self.put(self.user)
                carts = self.cart_of(self.user)
                shown = self.shown_to(self.user)
                self.company.portal_shop_show_prices = after
                typed = {"mode": shown["mode"], "seen": shown["seen"]}
                order, errors = carts._send_by_customer("shop", typed, "k")
                self.assertFalse(order)
                self.assertIn("form", errors)
                self.assertTrue(self.lines_of(self.user))

    def test_without_prices_it_is_a_quote_request(self):
        self.nord.portal_shop_prices = "hidden"
        order = self.order(self.user)
        self.assertTrue(order.is_quote_request)
        self.assertEqual(self.entries_of(order), [("quote_requested", "open")])
        self.assertFalse(self.order(self.stranger).is_quote_request, "that is another customer")

    def test_ordered_again_too_soon(self):
        self.put(self.user, self.black, device=self.printer)
        first, errors = self.send(self.user, "printers", key="1")
        self.assertFalse(errors)
        self.put(self.user2, self.black, device=self.printer)
        order, errors = self.send(self.user2, "printers", key="2")
        self.assertFalse(order)
        self.assertEqual(list(errors), ["repeat"])
        order, errors = self.send(self.user2, "printers", key="3", repeat="1")
        self.assertFalse(errors)
        self.assertEqual(
            order.order_line.portal_repeated_on,
            fields.Datetime.context_timestamp(order, first.date_order).date(),
        )
        self.assertEqual(order.portal_repeat_count, 1)
        self.put(self.user, self.black, device=self.printer2)
        self.assertFalse(self.send(self.user, "printers", key="4")[1], "another printer")

    def test_ordered_again_is_fine(self):
        self.put(self.user, self.black, device=self.printer)
        first, _errors = self.send(self.user, "printers", key="1")
        for name, values in {
            "long ago": {"date_order": fields.Datetime.now() - timedelta(days=15)},
            "cancelled": {"state": "cancel"},
        }.items():
            with self.subTest(earlier=name):
                first.write(values)
                self.put(self.user, self.black, device=self.printer)
                order, errors = self.send(self.user, "printers", key=name)
                self.assertFalse(errors)
                order.unlink()
        first.write({"state": "draft", "date_order": fields.Datetime.now()})
        self.company.portal_repeat_days = 0
        self.put(self.user, self.black, device=self.printer)
        self.assertFalse(self.send(self.user, "printers", key="nobody asks")[1])

    def test_zero_price(self):
        free = self._create_article("Muster", 0).product_variant_id
        self.put(self.user, free)
        order, errors = self.send(self.user)
        self.assertFalse(errors)
        self.assertEqual(order.amount_total, 0)

    def test_price_list_in_another_currency(self):
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", "CHF")])
        )
        currency.active = True
        self._create_pricelist(
            {"compute_price": "fixed", "fixed_price": 99},
            currency_id=currency.id,
            partners=self.nord,
        )
        self.put(self.user)
        cart = self.shown_to(self.user)
        self.assertEqual(cart["totals"]["currency"], currency)
        order, errors = self.send(self.user)
        self.assertFalse(errors)
        self.assertEqual((order.currency_id, order.amount_untaxed), (currency, 99))


@tagged("post_install", "-at_install")
class TestCartInbox(CartFixture, PortalCase):
    """Orders in the inbox of the staff, mails to the customer, and ordering again."""

    def test_the_entry_closes_by_itself(self):
        steps = {
            "confirmed": lambda order: order.action_confirm(),
            "quoted": lambda order: order.action_quotation_sent(),
            "cancelled": lambda order: order._action_cancel(),
        }
        for number, (name, step) in enumerate(steps.items(), 1):
            order = self.order(self.user, quantity=str(number))
            self.assertEqual(self.entries_of(order), [("order_sent", "open")])
            entry = self.env["kundenportal.protocol"].search(
                [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
            )
            self.assertFalse(entry.can_finish, "it cannot be ticked off instead")
            self.assertTrue(entry.can_answer)
            with self.subTest(step=name):
                step(order)
                self.assertEqual(self.entries_of(order), [("order_sent", "done")])
        gone = self.order(self.user, quantity="9")
        entry = self.env["kundenportal.protocol"].search([("res_id", "=", gone.id)], limit=1)
        gone.unlink()
        self.assertEqual(entry.review_state, "done")

    def test_orders_of_staff_are_no_business_of_the_inbox(self):
        order = self._create_order(self.user, "sent")
        self.assertFalse(self.entries_of(order))

    def test_mail(self):
        self.user.form_of_address = "formal"
        order = self.order(self.user, quantity="3")
        text = self.mails_to(self.user)[-1]
        self.assertIn(order.name, text)
        self.assertRegex(text, number_pattern(142.80))
        self.user.form_of_address = "informal"
        self.order(self.user)
        informal = self.mails_to(self.user)[-1]
        self.assertNotEqual(self.sentences_in(informal), self.sentences_in(text))
        self.company.portal_shop_show_prices = False
        self.order(self.user, quantity="2")
        hidden = self.mails_to(self.user)[-1]
        for number in (40, 80, 95.20):
            self.assertNotRegex(hidden, number_pattern(number))
        self.assertNotEqual(self.sentences_in(hidden), self.sentences_in(informal))

    def test_who_sells_need_not_see_devices(self):
        self.put(self.user, self.black, device=self.printer)
        order, _errors = self.send(self.user, "printers")
        seller = new_test_user(self.env, "kp_seller", "sales_team.group_sale_salesman_all_leads")
        device = {"fields": {"display_name": {}}}
        read = order.with_user(seller).web_read(
            {"order_line": {"fields": {"portal_equipment_id": device}}, "portal_note": {}}
        )
        self.assertEqual(read[0]["order_line"][0]["portal_equipment_id"]["id"], self.printer.id)
        order.with_user(seller).action_confirm()
        self.assertEqual(self.entries_of(order), [("order_sent", "done")])

    def test_order_again(self):
        old = self._create_article("Alt").product_variant_id
        for product in (self.article, old):
            self.put(self.user, product, "2")
        order, _errors = self.send(self.user)
        old.product_tmpl_id.portal_shop_ok = False
        added, missed = self.cart_of(self.user)._reorder_order(order)
        self.assertEqual((added, missed), (1, [old.display_name]))
        self.assertEqual(self.lines_of(self.user), [(self.article, 2)])

    def test_order_again_in_todays_packs(self):
        order = self.order(self.user, quantity="7")
        self.keyboard.write({"portal_min_quantity": 5, "portal_step_quantity": 5})
        self.cart_of(self.user)._reorder_order(order)
        self.assertEqual(self.lines_of(self.user), [(self.article, 5)])

    def test_order_again_for_a_printer(self):
        for product in (self.black, self.cyan):
            self.put(self.user, product, device=self.printer)
        self.put(self.user, self.black, device=self.printer2)
        self.send(self.user, "printers")
        device = self.printer.with_user(self.user2.user_ids)
        added, missed = self.cart_of(self.user2)._reorder_device(device)
        self.assertEqual((added, missed), (2, []))
        lines = self.cart_of(self.user2)._get_lines("printers")
        self.assertEqual(lines.equipment_id, self.printer)

    def test_whose_orders_can_be_ordered_again(self):
        order = self.order(self.user)
        orders = self.env["sale.order"]
        for contact, may in (
            (self.user, True),
            (self.main, True),
            (self.user2, False),
            (self.stranger, False),
        ):
            found = orders.with_user(contact.user_ids)._find_order_to_repeat(order.id)
            self.assertEqual(bool(found), may, contact.name)
