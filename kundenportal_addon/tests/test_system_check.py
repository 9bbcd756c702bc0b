import smtplib
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import config

from .common import PortalCase


@tagged("post_install", "-at_install")
class TestSystemCheck(PortalCase):
    """Each check sees what it is there to see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls.env["kundenportal.system.check"]

    def state_of(self, code, **options):
        """Return the state that a check gives under these options of the configuration file."""
        with patch.dict(config.options, options):
            state, finding, advice = getattr(
                self.check.with_user(self.manager), f"_check_system_{code}"
            )()
        self.assertTrue(finding, "always says what was found")
        self.assertTrue(advice or state == "ok", "trouble comes with advice")
        return state

    def set_base_url(self, url):
        self.env["ir.config_parameter"].set_param("web.base.url", url)

    def test_list(self):
        model = self.check.with_user(self.manager)
        for _again in range(2):
            action = model.action_run()
            results = self.env[action["res_model"]].with_user(self.manager).search([])
            self.assertEqual(results.mapped("code"), list(model._get_checks()), "one line for each")
        for user in (self.officer, self.internal, self.main.user_ids):
            with self.assertRaises(AccessError, msg=user.login):
                self.check.with_user(user).action_run()

    def test_a_feature_adds_a_check(self):
        model_class = self.env.registry["kundenportal.system.check"]
        original = model_class._get_checks
        with (
            patch.object(
                model_class, "_get_checks", lambda self: {**original(self), "moon": "Moon"}
            ),
            patch.object(
                model_class,
                "_check_system_moon",
                lambda self: ("warning", "full", "wait"),
                create=True,
            ),
        ):
            self.check.action_run()
        moon = self.check.search([("code", "=", "moon")])
        self.assertEqual(
            (moon.name, moon.state, moon.finding, moon.advice), ("Moon", "warning", "full", "wait")
        )

    def test_mail_server(self):
        self.env["ir.mail_server"].search([]).active = False
        self.assertEqual(self.state_of("mail_server", smtp_server=False), "error")
        self.assertEqual(self.state_of("mail_server", smtp_server="localhost"), "warning")
        self.assertEqual(self.state_of("mail_server", smtp_server="mail.company.example"), "ok")
        self.env["ir.mail_server"].create(
            {"name": "Out", "smtp_host": "out.company.example", "smtp_port": 587}
        )
        self.assertEqual(self.state_of("mail_server", smtp_server=False), "ok")
        self.assertEqual(self.check._get_mail_servers(), [("out.company.example", 587, False)])

    def test_mail_server_is_tested_on_demand_only(self):
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {"name": "Out", "smtp_host": "out.company.example", "smtp_port": 587}
        )
        with patch.object(smtplib, "SMTP") as client:
            self.check.with_user(self.manager).action_run()
            client.assert_not_called()
            answer = self.check.action_test_mail_server()
            self.assertEqual(answer["params"]["type"], "success")
            self.assertTrue(client.call_args.kwargs["timeout"], "never waits for ever")
            client.side_effect = ConnectionRefusedError("refused")
            answer = self.check.action_test_mail_server()
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertIn("out.company.example:587", answer["params"]["message"])

    def test_failed_mails(self):
        self.env["mail.mail"].search([("state", "=", "exception")]).unlink()
        self.assertEqual(self.state_of("failed_mails"), "ok")
        mail = self.env["mail.mail"].create({"subject": "x", "state": "exception"})
        self.assertEqual(self.state_of("failed_mails"), "warning")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_mail SET write_date = write_date - interval '8 days' WHERE id = %s",
            [mail.id],
        )
        mail.invalidate_recordset()
        self.assertEqual(self.state_of("failed_mails"), "ok", "old troubles are over")

    def test_base_url(self):
        for url, state in [
            ("http://localhost:8069", "error"),
            ("https://127.0.0.1", "error"),
            ("", "error"),
            ("http://portal.company.example", "warning"),
            ("https://portal.company.example", "ok"),
        ]:
            self.set_base_url(url)
            self.assertEqual(self.state_of("base_url"), state, url)

    def test_proxy_mode(self):
        self.set_base_url("https://portal.company.example")
        self.assertEqual(self.state_of("proxy_mode", proxy_mode=False), "warning")
        self.assertEqual(self.state_of("proxy_mode", proxy_mode=True), "ok")
        self.set_base_url("http://localhost:8069")
        self.assertEqual(self.state_of("proxy_mode", proxy_mode=False), "ok")

    def test_crons(self):
        crons = self.env["ir.cron"].search([])
        now = fields.Datetime.now()
        crons.write({"nextcall": now + timedelta(hours=1)})
        self.assertEqual(self.state_of("crons", max_cron_threads=1), "ok")
        self.assertEqual(self.state_of("crons", max_cron_threads=0), "error")
        crons[0].nextcall = now - timedelta(minutes=10)
        self.assertEqual(self.state_of("crons", max_cron_threads=1), "ok", "minutes are no delay")
        crons[0].nextcall = now - timedelta(hours=3)
        self.assertEqual(self.state_of("crons", max_cron_threads=1), "error")
        crons[0].active = False
        self.assertEqual(self.state_of("crons", max_cron_threads=1), "ok")

    def test_btree_gist(self):
        self.assertEqual(self.state_of("btree_gist"), "ok")
        model_class = self.env.registry["kundenportal.system.check"]
        original = model_class._get_extension_query
        with patch.object(
            model_class,
            "_get_extension_query",
            lambda self, name: original(self, "no_such_extension"),
        ):
            self.assertEqual(self.state_of("btree_gist"), "error")

    def test_levels(self):
        self.company.portal_active = False
        self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": "Old",
                "login": "old@else.example",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.env["res.company"].search([]).write({"portal_active": False})
        self.assertEqual(self.state_of("levels"), "ok", "an inactive portal misses nobody")
        self.company.portal_active = True
        self.assertEqual(self.state_of("levels"), "warning")
