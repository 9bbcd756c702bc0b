from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..models.kundenportal_settings_mixin import PORTAL_SETTINGS
from .common import PortalCase


@tagged("post_install", "-at_install")
class TestSettings(PortalCase):
    """The settings page of managers, and the same settings for administrators."""

    def open_settings(self, user, company=None):
        model = self.env["kundenportal.settings"].with_user(user)
        if company:
            model = model.with_company(company)
        action = model.action_open()
        return model.browse(action["res_id"])

    def test_manager_edits_all_settings(self):
        settings = self.open_settings(self.manager)
        form = Form(settings)
        values = {
            "portal_active": False,
            "portal_admission": "all",
            "portal_restrict_documents": False,
            "portal_accent_color": "#aa0000",
            "portal_greeting": "<p>Hello</p>",
            "portal_hotline": "0421 1",
            "portal_hotline_hours": "always",
            "portal_contact_user_id": self.officer,
            "portal_mail_sender": "portal@company.example",
        }
        for name, value in values.items():
            setattr(form, name, value)
        form.portal_default_function_ids.clear()
        form.portal_default_function_ids.add(self.functions["shop"])
        form.save()
        for name, value in values.items():
            self.assertEqual(self.company[name], value, name)
        self.assertEqual(self.company.portal_default_function_ids, self.functions["shop"])

    def test_changes_are_in_the_protocol(self):
        Protocol = self.env["kundenportal.protocol"]
        last = Protocol.search([], limit=1)
        settings = self.open_settings(self.manager)
        settings.write({"portal_hotline": "0421 2", "portal_active": True})
        entries = Protocol.search([("id", ">", last.id)])
        self.assertEqual(entries.kind_id.code, "portal_settings_changed")
        self.assertEqual(len(entries), 1, "what stays as it was is no change")
        self.assertEqual(entries.note, "Hotline")
        self.assertEqual((entries.user_id, entries.company_id), (self.manager, self.company))

    def test_every_setting_is_on_both_pages(self):
        for model in ("kundenportal.settings", "res.config.settings"):
            arch = (
                self.env[model]
                .with_user(self.env.ref("base.user_admin"))
                .get_view(view_type="form")["arch"]
            )
            for name in PORTAL_SETTINGS:
                self.assertIn(f'name="{name}"', arch, model)

    def test_manager_reaches_nothing_else(self):
        settings = self.open_settings(self.manager)
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).write({"portal_active": False})
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError, msg="a page of one company does not become another's"):
            settings.write({"company_id": other.id})
        with self.assertRaises(AccessError):
            self.open_settings(self.manager, other)
        smuggled = (
            self.env["kundenportal.settings"]
            .with_user(self.manager)
            .with_context(default_company_id=other.id)
            .create({"company_id": other.id, "portal_hotline": "1"})
        )
        self.assertEqual(smuggled.company_id, self.company)
        self.assertFalse(other.portal_hotline)

    def test_others_cannot_open_them(self):
        for user in (self.officer, self.internal, self.main.user_ids):
            with self.assertRaises(AccessError, msg=user.login):
                self.open_settings(user)

    def test_another_managers_page_is_not_ones_own(self):
        admin = self.env.ref("base.user_admin")
        other = self.env["res.company"].create({"name": "Other"})
        admin.company_ids = [Command.link(other.id)]
        for company in (self.company, other):
            settings = self.open_settings(admin, company).with_user(self.manager)
            with self.assertRaises(AccessError):
                settings.read(["portal_hotline"])
            with self.assertRaises(AccessError):
                settings.write({"portal_hotline": "1"})

    def test_sender_must_be_an_address(self):
        settings = self.open_settings(self.manager)
        with self.assertRaises(ValidationError):
            settings.write({"portal_mail_sender": "no address"})
        settings.write({"portal_mail_sender": '"Portal" <portal@company.example>'})
        self.assertEqual(self.company.portal_mail_sender, '"Portal" <portal@company.example>')

    def test_each_company_has_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids = [Command.link(other.id)]
        self.open_settings(self.manager, other).write({"portal_hotline": "0800 1"})
        self.assertEqual(other.portal_hotline, "0800 1")
        self.assertNotEqual(self.company.portal_hotline, "0800 1")

    def test_settings_of_administrators(self):
        admin = self.env.ref("base.user_admin")
        self.env["res.config.settings"].with_user(admin).create(
            {"portal_hotline": "0421 2"}
        ).execute()
        self.assertEqual(self.company.portal_hotline, "0421 2")

    def test_users_without_level_are_counted(self):
        settings = self.open_settings(self.manager)
        before = settings.portal_unassigned_count
        self._create_contact("Nele Neu", "nele@nord.example", self.nord, "user")
        settings.invalidate_recordset()
        self.assertEqual(settings.portal_unassigned_count, before, "who has a level is not counted")
        self.company.portal_active = False
        for number in range(2):
            self.env["res.users"].with_context(no_reset_password=True).create(
                {
                    "name": f"Old {number}",
                    "login": f"old{number}@else.example",
                    "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                }
            )
        settings.invalidate_recordset()
        self.assertEqual(settings.portal_unassigned_count, before + 2)
        action = settings.action_portal_level_assistant()
        self.assertEqual(action["res_model"], "kundenportal.level.assistant")

    def test_phone_addresses(self):
        get_url = self.env["res.company"]._get_phone_url
        for number, url in [
            ("+49 (0)421 12-34/56", "tel:+49421123456"),
            ("0049 421 1", "tel:00494211"),
            ("0421/1 23 ", "tel:0421123"),
            ("(0421) 123", "tel:0421123"),
            ("call us", False),
            (False, False),
        ]:
            self.assertEqual(get_url(number), url, number)
