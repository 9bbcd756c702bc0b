from odoo.tests import tagged

from .http_common import BrowserCase


@tagged("post_install", "-at_install")
class TestInboxTour(BrowserCase):
    """The inbox as staff work through it, in a browser."""

    def test_from_the_dashboard_to_an_empty_inbox(self):
        self.env.cr.execute("DELETE FROM kundenportal_protocol")
        self.env["kundenportal.protocol"].invalidate_model()
        self.company.portal_colleague_approval = True
        Request = self.env["kundenportal.access.request"].with_user(self.main.user_ids)
        request = Request._open_for(self.user.sudo(), "main_user")
        other = Request._open_for(self.user2.sudo(), "main_user")
        self.start_staff_tour("kundenportal_inbox", self.officer)
        self.env.invalidate_all()
        self.assertEqual(request.sudo().state, "approved")
        self.assertEqual(self.user.portal_access, "main_user")
        entry = self.env["kundenportal.protocol"].search(
            [("res_model", "=", request._name), ("res_id", "=", request.id)], order="id", limit=1
        )
        self.assertEqual(entry.reviewer_id, self.officer)
        self.assertEqual(other.sudo().state, "declined")
        self.assertEqual(other.sudo().reason, "Two are enough")
