"""The backend's views of cases: each opens, and whatever can be clicked in a search runs."""

from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .activity_common import ActivityFixture
from .common import PortalCase

#: Models, and the window actions with which staff open them.
ACTIONS = [
    "kundenportal_activity_action",
    "kundenportal_activity_action_mine",
    "kundenportal_activity_action_report",
    "kundenportal_activity_type_action",
    "kundenportal_activity_stage_action",
    "kundenportal_team_action",
    "kundenportal_skill_action",
    "kundenportal_activity_call_action",
]


@tagged("post_install", "-at_install")
class TestActivityViews(ActivityFixture, PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls._create_case(cls.user, "Papierstau", user_id=cls.officer.id)

    def open(self, xmlid, user):
        """Open a window action, as the web client does.

        :return: the model and the architectures by kind of view
        :rtype: tuple
        """
        action = self.env.ref(f"kundenportal_addon.{xmlid}").with_user(user).sudo()
        model = self.env[action.res_model].with_user(user)
        views = [(False, kind) for kind in [*action.view_mode.split(","), "search"]]
        return model, {
            kind: etree.fromstring(view["arch"])
            for kind, view in model.get_views(views)["views"].items()
        }

    def test_every_view_opens(self):
        for user in (self.officer, self.manager):
            for xmlid in ACTIONS:
                with self.subTest(action=xmlid, user=user.login):
                    model, archs = self.open(xmlid, user)
                    for kind, arch in archs.items():
                        names = {node.get("name") for node in arch.iter("field")}
                        if kind in ("list", "kanban", "calendar"):
                            model.search([]).read([name for name in names if name])

    def test_every_filter_runs(self):
        for xmlid in ACTIONS:
            model, archs = self.open(xmlid, self.officer)
            search = archs["search"]
            values = {"uid": self.officer.id, "self": "Papierstau"}
            for node in search.iter("filter", "field"):
                with self.subTest(action=xmlid, node=node.get("name")):
                    domain = node.get("domain") or node.get("filter_domain")
                    if domain and node.tag != "field" or node.get("filter_domain"):
                        model.search_count(safe_eval(domain, values))
                    elif node.tag == "field":
                        operator = node.get("operator") or "ilike"
                        model.search_count([(node.get("name"), operator, "Papierstau")])
                    elif node.get("date"):
                        model.search_count([(node.get("date"), ">=", "2026-01-01")])
                    else:
                        group = safe_eval(node.get("context"), values)["group_by"]
                        if model._fields[group].type == "datetime":
                            group += ":month"  # the web client's default
                        model.formatted_read_group([], [group], ["__count"])

    def test_what_the_filters_find(self):
        cases = self.env["kundenportal.activity"].with_user(self.officer)
        archs = self.open("kundenportal_activity_action", self.officer)[1]
        self.case.message_post(
            body="x",
            author_id=self.user.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        found = {
            node.get("name"): self.case
            in cases.search(safe_eval(node.get("domain"), {"uid": self.officer.id}))
            for node in archs["search"].iter("filter")
            if node.get("domain")
        }
        self.assertEqual(
            {name for name, is_found in found.items() if is_found},
            {"running", "mine", "customer_replied", "unanswered"},
        )

    def test_kanban_has_a_column_for_each_stage(self):
        cases = self.env["kundenportal.activity"].with_user(self.officer)
        groups = cases.with_context(
            default_type_id=self.ticket_type.id, read_group_expand=True
        ).web_read_group([("id", "=", self.case.id)], ["stage_id"], ["__count"])["groups"]
        self.assertEqual(len(groups), len(self.ticket_type.stage_ids))

    def test_a_new_case_in_the_form(self):
        """Devices and colleagues are chosen by the company, before the case is saved."""
        device = self.env["maintenance.equipment"].create(
            {"name": "Drucker", "customer_id": self.nord.id}
        )
        with Form(self.env["kundenportal.activity"].with_user(self.officer)) as form:
            form.type_id = self.ticket_type
            form.partner_id = self.user
            self.assertEqual(form.commercial_partner_id, self.nord)
            form.name = "Papierstau"
            form.equipment_id = device
            form.participant_ids.add(self.user2)
        case = form.record
        self.assertEqual((case.commercial_partner_id, case.channel), (self.nord, "staff"))
        with Form(case) as form:
            form.name = "Papierstau im Fach 2"
        self.assertEqual(case.participant_ids, self.user2)

    def test_a_new_type_in_the_form(self):
        """Without any right of an administrator: with an address, too."""
        domain = self.env["mail.alias.domain"].search([], limit=1)
        domain = domain or self.env["mail.alias.domain"].create({"name": "ours.example"})
        with Form(self.env["kundenportal.activity.type"].with_user(self.manager)) as form:
            form.name = "Reklamation"
            form.alias_name = "kp-test-complaints"
            form.alias_domain_id = domain
        case_type = form.record
        self.assertEqual(case_type.alias_email, f"kp-test-complaints@{domain.name}")
        self.assertTrue(case_type.sequence_id)
        self.assertIn(str(case_type.id), case_type.alias_id.alias_defaults)
        with Form(self.env["kundenportal.team"].with_user(self.manager)) as form:
            form.name = "Technik"
            form.leader_id = self.officer
        with Form(case_type.with_user(self.manager)) as type_form:
            type_form.team_id = form.record  # both are all companies', unless somebody says so
