"""Ways past the review of contact data that an attacker found; every test failed before its fix."""

from contextlib import contextmanager, suppress
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import PortalCase
from .test_data_change import DataChangeFixture
from .test_data_pages import DataPagesCase

#: A number whose check digit is right.
VAT = "DE136695976"

#: One red pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8"
    "z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


class DataAttackCase(DataChangeFixture, PortalCase):
    """Remote calls of customers and staff."""

    def call(self, user, model, name, *args, **kwargs):
        """Call a method as JSON-RPC does, with what becomes of the changes."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.precommit.data.pop("kundenportal.data.change", None)
        with self.env.cr.savepoint():
            result = call_kw(self.env[model].with_user(user), name, list(args), kwargs)
            self.env.flush_all()
        self.env.invalidate_all()
        return result

    @contextmanager
    def refused(self):
        """Expect that somebody is told why not: by rights or by a rule."""
        try:
            yield
        except UserError:  # AccessError and ValidationError are such
            return
        self.fail("nothing was refused")

    def after(self, last):
        return self.Change.search([("id", ">", last)], order="id")

    @property
    def last(self):
        return self.Change.search([], limit=1).id or 0

    def policy(self, scope, name, mode):
        self.env["kundenportal.field.policy"].search(
            [("scope", "=", scope), ("field_id.name", "=", name)]
        ).unlink()
        self.env["kundenportal.field.policy"].create(
            {
                "scope": scope,
                "mode": mode,
                "field_id": self.env["ir.model.fields"]._get("res.partner", name).id,
            }
        )


@tagged("post_install", "-at_install")
class TestWhatOdooCopiesOn(DataAttackCase):
    """What Odoo copies on from an edit must not reach what its author may not edit."""

    def test_subsidiary_does_not_rewrite_its_parent_company(self):
        sub = self.env["res.partner"].create(
            {"name": "Nord Tochter GmbH", "is_company": True, "parent_id": self.nord.id}
        )
        self.assertEqual(sub.commercial_partner_id, sub)
        boss = self._create_contact("Tom Tochter", "tom@tochter.example", sub, "main_user")
        self.edit(boss, sub, street="Gekapert 1", city="Nirgends")
        self.assertEqual(sub.street, "Gekapert 1")
        self.assertEqual(
            (self.nord.street, self.main.street),
            ("Hafenstraße 8", "Hafenstraße 8"),
            "another company's address is not a subsidiary's to edit",
        )

    def test_new_address_does_not_give_the_company_a_vat_number(self):
        """Only what company data have no value yet, Odoo copies up; VAT waits for approval."""
        self.assertFalse(self.nord.vat)
        self.env.cr.precommit.data.clear()
        last = self.last
        self.env["res.partner"].with_user(self.user.user_ids).sudo().create(
            {"name": "Lager 2", "type": "delivery", "parent_id": self.nord.id, "vat": VAT}
        )
        self.env.invalidate_all()
        self.assertEqual(len(self.after(last).filtered(lambda c: c.kind == "added")), 1)
        self.assertFalse(self.nord.vat, "a new address sets the company's VAT number")

    def test_user_who_is_the_company_is_no_main_user(self):
        """A login on the company's own record, on level User, without ``master_data``."""
        firm = self.env["res.partner"].create(
            {"name": "Solo GmbH", "is_company": True, "email": "office@solo.example"}
        )
        firm._grant_portal_access("user")
        firm.portal_switch = False
        self.company.portal_default_function_ids = [Command.clear()]
        self.env["res.users"]._sync_portal_functions()
        self.assertFalse(firm.user_ids._has_portal_function("master_data"))
        with self.assertRaises(UserError):
            self.edit(firm, firm, street="Neu 1")

    def test_new_address_does_not_give_a_person_a_vat_number(self):
        last = self.last
        self.env["res.partner"].with_user(self.person.user_ids).sudo().create(
            {"name": "x", "type": "invoice", "parent_id": self.person.id, "vat": VAT}
        )
        self.env.invalidate_all()
        self.assertFalse(self.person.vat)
        self.assertEqual(self.after(last).partner_id.parent_id, self.person)

    def test_state_does_not_come_without_its_country(self):
        austria = self.env.ref("base.at")
        bavaria, tyrol = (
            self.env.ref("base.state_de_by"),
            self.env["res.country.state"].create(
                {"name": "Tirol (test)", "code": "TT", "country_id": austria.id}
            ),
        )
        self.person.write({"country_id": self.germany.id, "state_id": bavaria.id})
        self.edit(self.person, self.person, country_id=austria.id, state_id=tyrol.id)
        self.assertEqual(self.person.country_id, self.germany, "it waits")
        self.assertEqual(self.person.state_id, bavaria, "a state of a country that only waits")


@tagged("post_install", "-at_install")
class TestRemoteCalls(DataAttackCase):
    """JSON-RPC, where no form checks anything."""

    def test_own_login_is_no_way_round(self):
        user = self.user.user_ids
        for name in ("write", "web_save"):
            last = self.last
            values = {"name": f"Otto {name}", "email": f"{name}@evil.example", "phone": "0421 77"}
            args = [user.ids, values] + ([{}] if name == "web_save" else [])
            self.call(user, "res.users", name, *args)
            with self.subTest(method=name):
                self.assertEqual(self.user.name, "Uwe User")
                self.assertEqual(self.user.email, "uwe@nord.example")
                found = self.after(last).line_ids.field_id.mapped("name")
                self.assertLessEqual({"name", "email"}, set(found))

    def test_several_fields_are_one_change(self):
        last = self.last
        self.call(
            self.user.user_ids,
            "res.users",
            "write",
            self.user.user_ids.ids,
            {"name": "Otto", "email": "otto@evil.example", "phone": "0421 77"},
        )
        self.assertEqual(len(self.after(last)), 1, "one edit, one change")

    def test_waiting_address_is_not_announced_as_changed(self):
        self.call(
            self.user.user_ids,
            "res.users",
            "write",
            self.user.user_ids.ids,
            {"email": "otto@evil.example"},
        )
        mails = self.env["mail.mail"].search([("body_html", "ilike", "otto@evil.example")])
        self.assertFalse(mails, "“Your account email has been changed”, which it has not")

    def test_locked_holds(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.lang = "de_DE"
        for name, value in (("phone", "0421 1"), ("lang", "en_US"), ("email", "x@evil.example")):
            self.policy("own", name, "locked")
            with self.subTest(field=name), self.assertRaises(UserError):
                self.call(
                    self.user.user_ids,
                    "res.users",
                    "write",
                    self.user.user_ids.ids,
                    {name: value},
                )

    def test_picture_is_recorded_or_refused(self):
        last = self.last
        try:
            self.call(
                self.user.user_ids,
                "res.users",
                "write",
                self.user.user_ids.ids,
                {"image_1920": PIXEL},
            )
        except UserError:
            return
        self.assertTrue(self.after(last), "the picture that staff see was changed unseen")

    def test_context_switches_nothing_off(self):
        for value in (True, 1, "INNER", {}, [], None):
            last = self.last
            self.call(
                self.user.user_ids,
                "res.users",
                "write",
                self.user.user_ids.ids,
                {"name": f"Otto {value}"},
                context={
                    "portal_edit": value,
                    "import_file": True,
                    "install_mode": True,
                    "tracking_disable": True,
                    "_partners_skip_fields_sync": True,
                },
            )
            with self.subTest(value=value):
                self.assertEqual(self.user.name, "Uwe User")
                self.assertTrue(self.after(last))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_contacts_are_not_written(self):
        user, partner = self.main.user_ids, self.nord
        for name, args in {
            "write": [partner.ids, {"comment": "x"}],
            "create": [[{"name": "x"}]],
            "web_save": [partner.ids, {"phone": "1"}, {}],
            "web_save_multi": [partner.ids, [{"phone": "1"}], {}],
            "copy": [partner.ids],
            "name_create": ["x"],
            "find_or_create": ["x@evil.example"],
            "load": [["name"], [["x"]]],
            "action_archive": [partner.ids],
            "unlink": [self.address.ids],
            "create_company": [self.main.ids],
            "geo_localize": [partner.ids],
        }.items():
            if not hasattr(self.env["res.partner"], name):
                continue
            before = self.env["res.partner"].with_context(active_test=False).search_count([])
            with self.subTest(method=name):
                with suppress(UserError):
                    result = self.call(user, "res.partner", name, *args)
                    self.assertFalse(isinstance(result, dict) and result.get("ids"))
                self.env.invalidate_all()
                self.assertEqual(
                    self.env["res.partner"].with_context(active_test=False).search_count([]), before
                )
                self.assertTrue(partner.active)
                self.assertNotEqual(partner.phone, "1")

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_customers_neither_read_nor_decide(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        line = change.line_ids
        for user in (self.user.user_ids, self.main.user_ids, self.stranger.user_ids, self.internal):
            for model, name, *args in (
                ("kundenportal.data.change", "action_approve", change.ids),
                ("kundenportal.data.change", "action_approve_anyway", change.ids),
                ("kundenportal.data.change", "action_mark_reviewed", change.ids),
                ("kundenportal.data.change", "read", change.ids, ["summary", "unchanged"]),
                ("kundenportal.data.change", "web_read", change.ids, {"line_ids": {}}),
                ("kundenportal.data.change", "search_read", []),
                ("kundenportal.data.change", "write", change.ids, {"state": "approved"}),
                ("kundenportal.data.change.line", "action_approve", line.ids),
                ("kundenportal.data.change.line", "read", line.ids, ["new_raw"]),
                ("kundenportal.data.change.line", "write", line.ids, {"new_raw": "x"}),
                ("kundenportal.field.policy", "search_read", []),
                ("kundenportal.data.change.reject", "create", {"reason": "x"}),
                ("kundenportal.protocol", "action_inbox_approve", change.protocol_id.ids),
                ("kundenportal.protocol", "action_assign_to_me", change.protocol_id.ids),
                ("kundenportal.deputy", "search_read", []),
            ):
                with (
                    self.subTest(user=user.login, model=model, method=name),
                    self.assertRaises(AccessError),
                ):
                    self.call(user, model, name, *args)
        self.assertEqual(self.user.email, "uwe@nord.example")

    def test_nonsense_is_a_sentence(self):
        """The model is the gate, so it refuses what the form would."""
        user = self.user.user_ids
        for values in (
            {"name": "a\x00b"},
            {"phone": "1\x002"},
            {"email": "a\x00b@evil.example"},
            {"email": "no address"},
            {"name": ""},
            {"name": "x" * 10_000},
        ):
            last = self.last
            with self.subTest(values=str(values)[:40]), mute_logger("odoo.sql_db"):
                try:
                    self.call(user, "res.users", "write", user.ids, values)
                except UserError:
                    continue
                except Exception as error:  # noqa: BLE001
                    self.fail(f"{type(error).__name__} instead of a sentence: {error}"[:150])
                self.assertIn("\x00", str(values.values()).replace("\\x00", "\x00"))
                for line in self.after(last).line_ids:
                    self.assertNotIn("\x00", line.new_raw, "nobody could approve it")


@tagged("post_install", "-at_install")
class TestSquatting(DataAttackCase):
    """Whoever enters another's number or address must not shut the other out."""

    def test_number_of_another_customer(self):
        number = "+49 170 7654321"
        self.user.mobile = number
        self.env.flush_all()
        users = self.env["res.users"]
        login = self.user.user_ids.login
        self.assertEqual(users._resolve_login("0170 7654321"), login)
        thief = self.stranger
        self.edit(thief, thief, mobile=number)
        self.env.flush_all()
        self.assertEqual(
            users._resolve_login("0170 7654321"),
            login,
            "a stranger from another company shuts a customer out of signing in by number",
        )

    def test_number_of_another_customer_and_links(self):
        number = "+49 170 7654321"
        self.user.mobile = number
        thief = self.stranger
        self.edit(thief, thief, phone=number)
        self.env.flush_all()
        seekers = self.env["res.partner"]._find_access_seekers("0170 7654321")
        self.assertEqual(seekers, self.user)

    def test_address_of_another_customer_on_a_new_address(self):
        self.env["res.partner"].with_user(self.stranger.user_ids).sudo().create(
            {
                "name": "x",
                "type": "delivery",
                "parent_id": self.sued.id,
                "email": self.user.email,
                "phone": "+49 170 7654321",
            }
        )
        self.env.flush_all()
        self.assertEqual(self.env["res.partner"]._find_access_seekers(self.user.email), self.user)

    def test_new_address_gets_no_access(self):
        """Who may only add addresses must not give logins away with them."""
        self.company.portal_admission = "all"
        self.env["res.partner"].with_user(self.user.user_ids).sudo().create(
            {
                "name": "x",
                "type": "delivery",
                "parent_id": self.nord.id,
                "email": "accomplice@evil.example",
            }
        )
        self.env.flush_all()
        self.assertFalse(self.env["res.partner"]._find_access_seekers("accomplice@evil.example"))

    def test_address_of_another_portal_user_is_not_approved_unseen(self):
        """The victim's login is a name, its address is how it asks for links."""
        self.user.user_ids.login = "uwe.user"
        self.stranger.user_ids.login = "sven.sued"
        change = self.edit(self.stranger, self.stranger, email="uwe@nord.example")
        try:
            change.with_user(self.officer).action_approve()
        except UserError:
            return
        self.env.flush_all()
        self.assertEqual(self.env["res.users"]._resolve_login("uwe@nord.example"), "uwe.user")


@tagged("post_install", "-at_install")
class TestDecisions(DataAttackCase):
    """What staff decide, and what they could do beside it."""

    def test_officer_does_not_forge_a_change(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        for values in (
            {"state": "approved"},
            {"decided_by_id": self.manager.id},
            {"user_id": self.main.user_ids.id},
            {"partner_id": self.main.id},
            {"reason": "forged"},
            {"protocol_id": False},
            {"line_ids": [Command.clear()]},
            {"company_id": self.env["res.company"].create({"name": "x"}).id},
        ):
            with (
                self.subTest(values=values),
                self.refused(),
                mute_logger("odoo.addons.base.models.ir_model"),
            ):
                self.call(self.officer, "kundenportal.data.change", "write", change.ids, values)

    def test_each_rejection_keeps_its_reason(self):
        change = self.edit(self.user, self.user, email="new@nord.example", name="Otto")
        by_name = {line.field_id.name: line for line in change.line_ids}
        change.with_user(self.officer)._reject("No proof of the name.", by_name["name"])
        change.with_user(self.officer)._reject("Address bounces.", by_name["email"])
        self.env.invalidate_all()
        rows = self.Change.with_user(self.user.user_ids)._prepare_for_customer(self.user)
        told = {line["field"]: row["reason"] for row in rows for line in row["lines"]}
        self.assertEqual(told["name"], "No proof of the name.")
        self.assertEqual(told["email"], "Address bounces.")

    def test_who_decided_is_named_after_a_withdrawal(self):
        change = self.edit(self.user, self.user, email="new@nord.example", name="Otto")
        by_name = {line.field_id.name: line for line in change.line_ids}
        by_name["name"].with_user(self.officer).action_approve()
        change.with_user(self.user.user_ids)._withdraw()
        self.assertEqual(change.state, "approved")
        self.assertEqual(change.decided_by_id, self.officer)

    def test_reviewer_without_the_right_to_a_field_sees_the_rest(self):
        change = self.edit(self.user, self.user, email="new@nord.example", phone="0421 1")
        other = self.edit(self.user2, self.user2, phone="0421 2")
        self.patch(self.env["res.partner"]._fields["email"], "groups", "base.group_system")
        rows = self.call(
            self.officer,
            "kundenportal.data.change",
            "web_search_read",
            [("id", "in", (change | other).ids)],
            {"summary": {}, "has_conflict": {}, "partner_id": {"fields": {"display_name": {}}}},
        )
        self.assertEqual(len(rows["records"]), 2)
        self.assertIn("0421 2", str(rows))
        self.call(
            self.officer, "kundenportal.data.change", "web_read", other.ids, {"unchanged": {}}
        )

    def test_contact_of_another_company_does_not_break_the_list(self):
        change = self.edit(self.person, self.person, phone="0421 1")
        other = self.env["res.company"].create({"name": "Andere GmbH"})
        self.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = %s", (other.id, self.person.id)
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.person.with_user(self.officer).read(["phone"])
        for spec in (["summary"], ["unchanged"], ["has_conflict"]):
            with self.subTest(spec=spec):
                self.call(
                    self.officer, "kundenportal.data.change", "web_read", change.ids, {spec[0]: {}}
                )
        rows = self.call(
            self.officer,
            "kundenportal.data.change",
            "web_read",
            change.ids,
            {"display_name": {}, "unchanged": {}},
        )
        self.assertNotIn("pia@private.example", str(rows), "another company's contact, whole")

    def test_queries_of_the_list_do_not_grow(self):
        austria = self.env.ref("base.at")
        countries = self.env["res.country"].search([("id", "!=", austria.id)], limit=12)
        changes = self.Change
        for country in countries:
            contact = self._create_contact("N", f"n{country.id}@n.example")
            contact.country_id = austria
            contact._grant_portal_access("user", invite=False)
            changes |= self.edit(contact, contact, country_id=country.id)
        self.assertEqual(len(changes), 12)

        def count(some):
            for _warm in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                some.with_user(self.officer).web_read(
                    {
                        "summary": {},
                        "has_conflict": {},
                        "state": {},
                        "partner_id": {"fields": {"display_name": {}}},
                    }
                )
                found = self.env.cr.sql_log_count - before
            return found

        self.assertEqual(count(changes[:3]), count(changes))

    def test_many_from_the_list(self):
        """One that cannot be approved stops no other, and says which it is."""
        good = self.edit(self.user, self.user, name="Otto")
        stale = self.edit(self.user2, self.user2, name="Otti")
        self.user2.name = "Ute Staff"
        self.env.flush_all()
        try:
            (good | stale).with_user(self.officer).action_approve()
        except UserError as error:
            self.assertIn("Ute", str(error), "the sentence does not say whose change it is")
            return
        self.assertEqual(self.user.name, "Otto")

    def test_merge_leaves_one_request_per_field(self):
        twin = self._create_contact("Uwe Twin", "twin@nord.example", self.nord)
        self.edit(self.main, twin, name="Uwe A")
        self.edit(self.user, self.user, name="Uwe B")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.user | twin).ids, self.user, extra_checks=False
        )
        self.env.invalidate_all()
        self.edit(self.user, self.user, name="Uwe C")
        pending = self.env["kundenportal.data.change.line"].search(
            [("change_id.partner_id", "=", self.user.id), ("state", "=", "pending")]
        )
        self.assertEqual(len(pending), 1, "a second request for a field replaces the first")

    def test_values_of_the_note_are_in_no_customers_language(self):
        self.company.partner_id.lang = "en_US"
        self.env.registry.clear_cache()
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.lang = self.officer.lang = "de_DE"
        change = (
            self.edit(self.user, self.user.with_context(lang="de_DE"), name="Otto")
            .with_user(self.officer)
            .with_context(lang="en_US")
        )
        self.assertIn("Name", change.protocol_id.note or "")
        change = self.edit(
            self.user, self.user.with_context(lang="de_DE"), phone="0421 88"
        ).with_context(lang="en_US")
        self.assertIn("Phone", change.protocol_id.note, "the customer's language")

    def test_old_record_is_what_it_was(self):
        """The whole old record, not the contact of today."""
        self.user.function = "Fahrer"
        change = self.edit(self.user, self.user, phone="0421 1")
        self.user.function = "Chef"
        self.env.invalidate_all()
        self.assertIn("Fahrer", change.with_user(self.officer).unchanged)

    def test_new_address_is_shown_to_the_reviewer_as_it_was_entered(self):
        self.env.cr.precommit.data.clear()
        new = (
            self.env["res.partner"]
            .with_user(self.main.user_ids)
            .sudo()
            .create({"name": "Neu", "type": "delivery", "parent_id": self.nord.id, "city": "Kiel"})
        )
        change = self.Change.search([("partner_id", "=", new.id)])
        new.with_user(self.manager).sudo().city = "Bonn"
        self.env.invalidate_all()
        told = f"{change.summary} {change.line_ids.mapped('new_value')} {change.unchanged}"
        self.assertIn("Kiel", told, "what the customer entered is kept nowhere")

    def test_script_in_values_stays_text(self):
        script = "<img src=x onerror=alert(1)>"
        change = self.edit(self.user, self.user, name=script, function=script)
        change.with_user(self.officer)._reject(script)
        mail = self.env["mail.mail"].search([("body_html", "ilike", "onerror")])
        self.assertEqual(mail.body_html.count("onerror"), mail.body_html.count("&lt;img src=x"))


@tagged("post_install", "-at_install")
class TestInboxOfOthers(DataAttackCase):
    """Entries reach somebody who can deal with them, and nobody else."""

    def test_deputy_who_cannot_see_the_entry(self):
        other = self.env["res.company"].create({"name": "Andere GmbH"})
        away = new_test_user(
            self.env,
            "kp_elsewhere",
            "kundenportal_addon.group_officer",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        today = fields.Date.today()
        try:
            self.env["kundenportal.deputy"].create(
                {
                    "user_id": self.officer.id,
                    "deputy_id": away.id,
                    "date_from": today - timedelta(days=1),
                    "date_to": today + timedelta(days=1),
                }
            )
        except UserError:
            return
        self.user.user_id = self.officer
        entry = self.edit(self.user, self.user, email="new@nord.example").protocol_id
        entry = entry.with_user(entry.responsible_id)
        self.assertTrue(
            entry.with_context(allowed_company_ids=None)._filtered_access("read"),
            "whoever is responsible cannot see the entry, and nobody else calls it its own",
        )

    def test_deputy_who_lost_the_right(self):
        deputy = new_test_user(self.env, "kp_former", "kundenportal_addon.group_officer")
        today = fields.Date.today()
        self.env["kundenportal.deputy"].create(
            {
                "user_id": self.officer.id,
                "deputy_id": deputy.id,
                "date_from": today - timedelta(days=1),
                "date_to": today + timedelta(days=1),
            }
        )
        deputy.group_ids -= self.env.ref("kundenportal_addon.group_officer")
        self.user.user_id = self.officer
        entry = self.edit(self.user, self.user, email="new@nord.example").protocol_id
        self.assertNotEqual(entry.responsible_id, deputy)

    def test_salesperson_without_the_inbox(self):
        """A salesperson who has no right to the inbox makes the entry nobody's that sees it."""
        self.user.user_id = self.internal
        entry = self.edit(self.user, self.user, email="new@nord.example").protocol_id
        is_mine = [
            ("id", "=", entry.id),
            "|",
            ("is_mine", "=", True),
            ("responsible_id", "=", False),
        ]
        readers = self.officer | self.manager | self.internal
        found = []
        for reader in readers:
            with suppress(AccessError):
                found += entry.with_user(reader).search(is_mine).ids
        self.assertTrue(
            found, "nobody's “mine”, not “without responsible”, in no digest: it waits unseen"
        )

    def test_customers_are_not_made_responsible(self):
        entry = self.edit(self.user, self.user, email="new@nord.example").protocol_id
        with self.refused(), self.env.cr.savepoint():
            entry.with_user(self.officer).write({"responsible_id": self.stranger.user_ids.id})
            self.env.flush_all()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_steps_on_entries_of_another_company(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        other = self.env["res.company"].create({"name": "Andere GmbH"})
        away = new_test_user(
            self.env,
            "kp_elsewhere",
            "kundenportal_addon.group_officer",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model, name, ids in (
            ("kundenportal.protocol", "action_inbox_approve", change.protocol_id.ids),
            ("kundenportal.protocol", "action_inbox_decline", change.protocol_id.ids),
            ("kundenportal.protocol", "action_assign_to_me", change.protocol_id.ids),
            ("kundenportal.protocol", "action_mark_reviewed", change.protocol_id.ids),
            ("kundenportal.data.change", "action_approve", change.ids),
            ("kundenportal.data.change.line", "action_approve", change.line_ids.ids),
            ("kundenportal.data.change", "action_mark_reviewed", change.ids),
        ):
            with self.subTest(method=name), self.assertRaises(AccessError):
                self.call(away, model, name, ids)
        with suppress(AccessError):
            wizard = self.call(
                away,
                "kundenportal.data.change.reject",
                "create",
                {"reason": "x", "change_ids": [Command.set(change.ids)]},
            )
            self.call(away, "kundenportal.data.change.reject", "action_confirm", [wizard])
        self.env.invalidate_all()
        self.assertEqual(change.state, "pending")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_nobody_makes_itself_a_deputy(self):
        today = fields.Date.today()
        with self.assertRaises(AccessError):
            self.call(
                self.officer,
                "kundenportal.deputy",
                "create",
                {
                    "user_id": self.manager.id,
                    "deputy_id": self.officer.id,
                    "date_from": today,
                    "date_to": today,
                },
            )


@tagged("post_install", "-at_install")
class TestCost(DataAttackCase):
    """What the issue promises of it."""

    def test_staff_pay_nothing(self):
        contact = self.user.with_user(self.officer)

        def count():
            for number in range(3):
                self.env.flush_all()
                contact.fetch(["phone"])
                before = self.env.cr.sql_log_count
                contact.phone = f"0421 {number}{before}"
                self.env.flush_all()
                found = self.env.cr.sql_log_count - before
            return found

        ours = count()
        self.patch(type(self.env["res.partner"]), "_is_customer_edit", lambda *args: False)
        self.assertLessEqual(ours, count())

    def test_customer_pays_four_queries_with_a_cold_cache(self):
        """A request knows no more than who asks, of which company of ours."""
        user = self.user.with_user(self.user.user_ids).sudo()

        def count(partner):
            for number in range(3):
                self.env.flush_all()
                self.env.invalidate_all()
                self.env.cr.precommit.data.pop("kundenportal.data.change", None)
                user.env.user.partner_id.fetch(["lang"])
                user.env.company.country_id.fetch(["code"])
                before = self.env.cr.sql_log_count
                partner.phone = f"0421 {number}{before}"
                self.env.flush_all()
                found = self.env.cr.sql_log_count - before
            return found

        ours = count(user)
        self.patch(type(self.env["res.partner"]), "_is_customer_edit", lambda *args: False)
        self.assertLessEqual(ours - count(user), 4)


@tagged("post_install", "-at_install")
class TestDataPagesAttacked(DataPagesCase):
    """The same by the pages."""

    NEW = {
        "name": "Lager Süd",
        "email": "lager@nord.example",
        "phone": "+49 421 987656",
        "street": "Kai 1",
        "city": "Bremen",
        "zip": "28217",
        "address_type": "delivery",
        "required_fields": "name",
    }

    def test_new_address_does_not_give_the_company_a_vat_number(self):
        self.nord.vat = False
        self.sign_in(self.main)
        answer = self.send_address({**self.NEW, "country_id": str(self.germany.id)}, vat=VAT)
        self.assertIn("redirectUrl", answer)
        self.env.invalidate_all()
        self.assertFalse(self.nord.vat, "the company's VAT number came with a delivery address")

    def test_subsidiarys_page_does_not_rewrite_its_parent_company(self):
        sub = self.env["res.partner"].create(
            {"name": "Nord Tochter GmbH", "is_company": True, "parent_id": self.nord.id}
        )
        boss = self._create_contact("Tom Tochter", "tom@tochter.example", sub, "main_user")
        self.sign_in(boss)
        response = self.submit("/my/company", street="Gekapert 1", city="Nirgends", zip="1")
        self.assertIn("done=", response.headers["Location"])
        self.env.invalidate_all()
        self.assertEqual(self.nord.street, "Hafenstraße 8")

    def test_withdrawing_anothers(self):
        change = self.edit(self.user, self.user, email="new@nord.example")
        for contact in (self.user2, self.main, self.stranger, self.person):
            self.sign_in(contact)
            with mute_logger("odoo.http"):
                response = self.submit(f"/my/data/{change.id}/withdraw")
            self.assertEqual(response.status_code, 404)
        self.env.invalidate_all()
        self.assertEqual(change.state, "pending")

    def test_script_in_pages(self):
        script = "<img src=x onerror=alert(1)>"
        change = self.edit(self.user, self.user, name=script)
        self.sign_in(self.user)
        self.assertFalse(self.get_page("/my/account").xpath("//img[@onerror]"))
        change.with_user(self.officer)._reject(script)
        self.env.flush_all()
        self.assertFalse(self.get_page("/my/account").xpath("//img[@onerror]"))
