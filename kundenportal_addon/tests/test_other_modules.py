from unittest import SkipTest
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..models import res_users_other_documents
from .http_common import PortalHttpCase


@tagged("post_install", "-at_install")
class TestProject(PortalHttpCase):
    """Portal pages of a module that does not know of us."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "project.project" not in cls.env:
            raise SkipTest("project is not installed: see VARIANTS in dev/testrun.py")

    @classmethod
    def _extend_portal_fixture(cls):
        super()._extend_portal_fixture()
        if "project.project" not in cls.env:
            return
        cls.company.portal_default_function_ids |= cls.functions["activities"]
        cls.project = cls.env["project.project"].create(
            {"name": "KP Umbau", "privacy_visibility": "portal", "partner_id": cls.nord.id}
        )
        cls.project.message_subscribe((cls.main | cls.user | cls.stranger).ids)
        cls.task_main = cls._create_task(cls.main)
        cls.task_user = cls._create_task(cls.user)
        cls.task_user2 = cls._create_task(cls.user2)
        cls.tasks = cls.task_main | cls.task_user | cls.task_user2

    @classmethod
    def _create_task(cls, partner):
        task = cls.env["project.task"].create(
            {
                "name": f"KP task of {partner.name}",
                "project_id": cls.project.id,
                "partner_id": partner.id,
                "user_ids": [Command.clear()],
            }
        )
        task.message_unsubscribe(task.message_partner_ids.ids)
        task.message_subscribe(partner.ids)
        return task

    def readable(self, contact, records):
        records = records.with_user(contact.user_ids)
        found = records.search([("id", "in", records.ids)])
        self.assertEqual(records._filtered_access("read"), found, "search and read must agree")
        return found.sudo()

    def get_counts(self, contact):
        self.sign_in(contact)
        counters = ["project_count", "task_count"]
        return self.make_jsonrpc_request("/my/counters", {"counters": counters})

    def shown_tasks(self, contact, url="/my/tasks"):
        self.sign_in(contact)
        page = self.get_page(url)
        return {task for task in self.tasks if page.xpath(f"//a[contains(., '{task.name}')]")}

    def test_levels(self):
        self.assertEqual(self.readable(self.main, self.tasks), self.tasks.sorted())
        self.assertEqual(self.readable(self.user, self.tasks), self.task_user)
        self.assertEqual(self.readable(self.user2, self.tasks), self.task_user2)
        self.assertFalse(self.readable(self.stranger, self.tasks))
        self.assertEqual(self.readable(self.user, self.project), self.project)
        self.assertFalse(self.readable(self.user2, self.project), "a colleague follows it")
        self.assertEqual(self.readable(self.main, self.project), self.project)

    def test_pages_and_cards(self):
        self.assertEqual(self.shown_tasks(self.main), set(self.tasks))
        self.assertEqual(self.shown_tasks(self.user), {self.task_user})
        own = f"/my/projects/{self.project.id}"
        self.assertEqual(self.shown_tasks(self.user, own), {self.task_user})
        for task in (self.task_main, self.task_user2):
            response = self.url_open(f"/my/tasks/{task.id}", allow_redirects=False)
            self.assertEqual(response.status_code, 303, "a colleague's task")
        self.assertEqual(self.get_counts(self.user)["task_count"], 1)
        self.assertEqual(self.get_counts(self.main)["task_count"], len(self.tasks))

    def test_without_the_function_nothing(self):
        self.main.portal_withheld_function_ids = self.functions["activities"]
        self.assertFalse(self.readable(self.main, self.tasks))
        self.assertEqual(self.get_counts(self.main), {"project_count": 0, "task_count": 0})
        for url in ("/my/projects", "/my/tasks"):
            self.get_page(url, 404)
        response = self.url_open(f"/my/tasks/{self.task_main.id}", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        token = self.task_main._portal_ensure_token()
        self.get_page(f"/my/tasks/{self.task_main.id}?access_token={token}", 200)
        self.authenticate("kp_internal", "kp_internal")
        self.get_page("/my/tasks", 200)

    def test_invited_to_work_on_a_project(self):
        self.assertFalse(self.readable(self.user2, self.project))
        self.project._add_collaborators(self.user2)
        self.assertEqual(self.readable(self.user2, self.tasks), self.tasks.sorted())
        self.project.collaborator_ids.limited_access = True
        self.assertEqual(self.readable(self.user2, self.tasks), self.task_user2)

    def test_module_that_nobody_assigned_to_a_function(self):
        self.user.portal_withheld_function_ids = self.functions["activities"]
        with patch.dict(res_users_other_documents.FUNCTIONS, clear=True):
            self.env.registry.clear_cache()
            self.assertEqual(self.readable(self.user, self.tasks), self.task_user)
            self.assertEqual(self.readable(self.main, self.tasks), self.tasks.sorted())
        self.env.registry.clear_cache()

    def test_where_levels_do_not_apply_to_documents(self):
        self.company.portal_restrict_documents = False
        self.assertEqual(self.readable(self.user, self.tasks), self.tasks.sorted())
        self.assertFalse(self.readable(self.stranger, self.tasks))
