from odoo.tests import tagged

from odoo.addons.kundenportal_addon.tests.common import PortalFixture
from odoo.addons.kundenportal_addon.tests.real_server import RealServerCase

ADDON = "kundenportal_mass_mailing"
UNINSTALL = f"""
modules = env["ir.module.module"].search([("name", "=", "{ADDON}")])
modules.button_immediate_uninstall()
"""


@tagged("post_install", "-at_install")
class TestUninstall(PortalFixture, RealServerCase):
    """Without the bridge the portal and the mailings are what they were."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p>News</p>",
                "mailing_model_id": cls.env["ir.model"]._get("res.partner").id,
                "mailing_domain": f"[('id', '=', {cls.user.id})]",
                "is_in_portal": True,
            }
        )
        mailing.action_send_mail()
        message = cls.env["kundenportal.message"].create({"subject": "Hello", "body": "<p>x</p>"})
        cls.ids = mailing.id, message.id, mailing.portal_message_ids.id
        cls.cr.commit()

    def setUp(self):  # no server is needed
        super(RealServerCase, self).setUp()

    def test_uninstall(self):
        mailing_id, message_id, mailed_id = self.ids
        self.odoo("shell", "--no-http", script=UNINSTALL)
        self.assertTrue(self.query("SELECT 1 FROM mailing_mailing WHERE id = %s", mailing_id))
        rows = self.query(
            "SELECT id FROM kundenportal_message WHERE id = ANY(%s)", [message_id, mailed_id]
        )
        self.assertEqual(rows, [(message_id,)], "of the mailing nothing but its subject was left")
        for left in (
            f"SELECT name FROM ir_model_data WHERE module = '{ADDON}'",
            "SELECT column_name FROM information_schema.columns"
            " WHERE column_name IN ('mailing_subject', 'mailing_body')"
            " OR (table_name = 'mailing_mailing' AND column_name = 'is_in_portal')"
            " OR (table_name = 'kundenportal_message' AND column_name = 'mailing_id')",
            "SELECT name FROM ir_ui_view"
            " WHERE model = 'mailing.mailing' AND arch_db::text LIKE '%%is_in_portal%%'",
        ):
            with self.subTest(left=left):
                self.assertEqual(self.query(left), [])
