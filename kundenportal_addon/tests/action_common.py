"""What tests of portal actions share: finding and doing them as a customer."""

from werkzeug.datastructures import MultiDict

from .activity_common import ActivityFixture
from .common import PortalCase


class ActionCase(ActivityFixture, PortalCase):
    """Base: cases of a user, and what their customers do with them."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        # Sentences are compared in the language of the sources.
        cls.env["res.lang"]._activate_lang("en_US")
        cls.case = cls._create_case(cls.user)
        return result

    def setUp(self):
        super().setUp()
        # The throttle counts in a transaction of its own.
        self.enterContext(self.enter_registry_test_mode())

    def find(self, contact=None, case=None):
        """Return the actions that a contact has for a case now."""
        user = (contact or self.user).user_ids
        actions = self.env["kundenportal.activity.action"].with_user(user)
        return actions._find_for((case or self.case).with_user(user)).sudo(False).with_env(self.env)

    def submit(self, action, contact=None, case=None, key="", files=None, **data):
        """Do something as a contact's page would."""
        user = (contact or self.user).user_ids
        case = self.case if case is None else case
        action = action.with_user(user).with_context(lang="en_US")
        outcome = action._submit(case.with_user(user), data, MultiDict(files or {}), key)
        self.env.invalidate_all()
        return outcome

    def refusal(self, action, contact=None, case=None):
        """Return why a contact cannot do something now."""
        user = (contact or self.user).user_ids
        return action.with_user(user)._get_refusal((case or self.case).with_user(user))
