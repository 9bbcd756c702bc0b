from odoo.tests import tagged

from .common import PortalFixture
from .real_server import Browser, RealServerCase

ADDON = "kundenportal_addon"
UNINSTALL = f"""
modules = env["ir.module.module"].search([("name", "=", "{ADDON}")])
modules.button_immediate_uninstall()
"""

#: Statements that find what is left of us, each of which must find nothing.
LEFTOVERS = {
    "tables": "SELECT tablename FROM pg_tables WHERE tablename LIKE 'kundenportal%%'",
    "external ids": "SELECT name FROM ir_model_data WHERE module LIKE 'kundenportal%%'",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'kundenportal.%%'",
    "rules": """
        SELECT name FROM ir_rule
         WHERE domain_force LIKE '%%portal_commercial%%' OR domain_force LIKE '%%._portal_%%'
    """,
    "views": """
        SELECT name FROM ir_ui_view
         WHERE arch_db::text LIKE '%%kundenportal%%' OR key LIKE 'kundenportal%%'
    """,
    "groups": """
        SELECT id FROM res_groups
         WHERE name->>'en_US' LIKE 'Portal /%%' OR name->>'en_US' LIKE 'Portal function%%'
    """,
    "menus": "SELECT id FROM ir_ui_menu WHERE name->>'en_US' = 'Kundenportal'",
    "attachments": "SELECT id FROM ir_attachment WHERE res_model LIKE 'kundenportal.%%'",
    "assets": "SELECT name FROM ir_asset WHERE path LIKE '%%kundenportal%%'",
}
#: Demo records hang on the addon by their external ids and would be deleted with it; real customers
#: have none.
FORGET_DEMO = """
    DELETE FROM ir_model_data
     WHERE module = 'kundenportal_addon'
       AND split_part(model, '.', 1) IN ('product', 'sale', 'account')
        OR module = 'kundenportal_addon'
       AND model IN ('res.partner', 'res.users', 'res.company', 'res.partner.category')
"""


@tagged("post_install", "-at_install")
class TestLifecycle(PortalFixture, RealServerCase):
    """`-u` keeps what was set, uninstalling leaves a plain Odoo behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.order = cls._create_order(cls.user).name
        cls.company.portal_hotline = "+49 421 4711"
        cls.functions["documents"].name = "Unsere Belege"
        cls.env["kundenportal.protocol.kind"].search([("code", "=", "signed_in")]).keep_days = 17
        cls.own_columns = {
            (model._table, field.name)
            for model in cls.env.registry.values()
            for field in model._fields.values()
            if field.column_type
            and field.store
            and field._modules == (ADDON,)
            and not model._abstract
        }
        assert ("res_company", "portal_hotline") in cls.own_columns
        cls.portal_logins = [
            contact.user_ids.id
            for contact in (cls.main, cls.user, cls.user2, cls.stranger, cls.person)
        ]
        cls.env.flush_all()
        cls.cr.commit()
        cls.user_login = cls.user.user_ids.login
        cls.cr.commit()

    def setUp(self):  # the server starts in the middle of the test
        super(RealServerCase, self).setUp()

    def test_upgrade_then_uninstall(self):
        self.odoo("server", "-u", ADDON, "--stop-after-init", "--no-http")
        self.check_upgraded()
        self.query(FORGET_DEMO)
        before = self.odoos_own()
        self.odoo("shell", "--no-http", script=UNINSTALL)
        self.check_uninstalled(before)

    def check_upgraded(self):
        hotline = self.query(
            "SELECT portal_hotline FROM res_company WHERE id = %s", self.company.id
        )
        self.assertEqual(hotline, [("+49 421 4711",)])
        names = self.query(
            "SELECT name->>'en_US' FROM kundenportal_function WHERE code = 'documents'"
        )
        self.assertEqual(names, [("Unsere Belege",)], "what staff renamed stays renamed")
        days = self.query(
            "SELECT keep_days FROM kundenportal_protocol_kind WHERE code = 'signed_in'"
        )
        self.assertEqual(days, [(17,)])
        self.assertEqual(self.groups_of(self.portal_logins, "group_portal_user", ADDON), 2)

    def check_uninstalled(self, before):
        for what, statement in LEFTOVERS.items():
            with self.subTest(left=what):
                self.assertEqual(self.query(statement), [])
        columns = self.query("SELECT table_name, column_name FROM information_schema.columns")
        self.assertFalse(self.own_columns & set(columns))
        after = self.odoos_own()
        for name, digest in before.items():
            with self.subTest(record=name):
                self.assertEqual(after.get(name), digest)
        self.assertEqual(
            self.groups_of(self.portal_logins, "group_portal", "base"), len(self.portal_logins)
        )
        type(self).start_server()
        self.log_start = 0
        browser = Browser(self, self.user_login, self.user_login)
        home = browser.session.get(self.url("/my"))
        self.assertEqual(home.status_code, 200)
        self.assertNotIn("kp_", home.text)
        self.assertIn("/my/orders", home.text)
        self.assertIn(self.order, browser.session.get(self.url("/my/orders")).text)
        self.assertServerLogClean()

    def groups_of(self, user_ids, name, module):
        """Count the users that are in a group themselves."""
        return self.query(
            """
            SELECT count(*)
              FROM res_groups_users_rel JOIN ir_model_data data ON data.res_id = gid
             WHERE data.model = 'res.groups' AND data.module = %s AND data.name = %s
               AND uid = ANY(%s)
            """,
            module,
            name,
            user_ids,
        )[0][0]

    def odoos_own(self):
        """Return a digest of each view and rule of Odoo, by its external id."""
        rows = self.query(
            """
            SELECT data.module || '.' || data.name, md5(concat(arch_db, active, priority))
              FROM ir_model_data data JOIN ir_ui_view record ON record.id = data.res_id
             WHERE data.model = 'ir.ui.view' AND data.module NOT LIKE 'kundenportal%%'
         UNION ALL
            SELECT data.module || '.' || data.name, md5(concat(domain_force, active, global))
              FROM ir_model_data data JOIN ir_rule record ON record.id = data.res_id
             WHERE data.model = 'ir.rule' AND data.module NOT LIKE 'kundenportal%%'
            """
        )
        return dict(rows)
