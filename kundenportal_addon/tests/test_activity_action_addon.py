from pathlib import Path
from unittest import skipUnless

from odoo.tests import tagged

from .real_server import RealDatabaseCase

ADDONS = Path(__file__).resolve().parents[2] / "dev" / "test_addons"
ADDON = "kundenportal_test_action"

#: A customer of the demo praises somebody; what is not as it should be stops the shell.
PRAISE = """
from odoo.exceptions import UserError

user = env["res.users"].search([("login", "=", "{login}")])
assert user._has_portal_function("activities")
staff = env.ref("base.user_admin")
case_type = env["kundenportal.activity.type"].create({{"name": "Lob"}})
action = env["kundenportal.activity.action"].create(
    {{"name": "Loben", "code": "praise", "type_id": case_type.id}}
)
assert action.when_done and not action.when_new, "the kind says in which states"
case = env["kundenportal.activity"].create(
    {{"name": "Drucker", "type_id": case_type.id, "partner_id": user.partner_id.id}}
)
mine = case.with_user(user)
actions = env["kundenportal.activity.action"].with_user(user)
assert action not in actions._find_for(mine)
case._change_state("done")
try:
    action.with_user(user)._submit(mine, {{"stars": "5"}}, {{}}, "key")
    raise AssertionError("nobody is responsible")
except UserError as error:
    assert "praise" in str(error)
case.user_id = staff
assert action in actions._find_for(mine)
values = actions._find_one(action.id, mine)._prepare(mine)
page = env["ir.qweb"].with_user(user)._render(values["action_template"], values)
assert staff.name in page and "kp_action_submit" in page
wrong = action.with_user(user)._submit(mine, {{"stars": "6"}}, {{}}, "key")
assert wrong.errors, "six stars"
done = action.with_user(user)._submit(mine, {{"stars": "5"}}, {{}}, "key")
assert not done.errors and done.is_done
assert "*****" in case.message_ids[0].body
assert case.action_use_ids.action_id == action
assert action not in actions._find_for(mine), "once"
action.unlink()
print("PROVED")
"""


@tagged("post_install", "-at_install")
@skipUnless(ADDONS.is_dir(), "the addon that proves it comes with the repository only")
class TestActionAddon(RealDatabaseCase):
    """A kind of action in another addon is a ``selection_add`` and one file."""

    def test_another_addon_adds_a_kind(self):
        login = "benutzer@nordwind.example"
        self.odoo("server", "-i", ADDON, "--stop-after-init", "--no-http")
        log = self.odoo("shell", "--no-http", script=PRAISE.format(login=login))
        self.assertIn("PROVED", log)

    @classmethod
    def command(cls, *arguments):
        """Add the folder with the addon to where Odoo looks for addons."""
        command = super().command(*arguments)
        return [
            f"{part},{ADDONS}" if part.startswith("--addons-path=") else part for part in command
        ]
