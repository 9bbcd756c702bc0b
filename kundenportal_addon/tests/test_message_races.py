from odoo.tests import tagged

from .common import PortalFixture
from .message_common import MessageFixture
from .real_server import PATIENCE, Browser, RealServerCase


@tagged("post_install", "-at_install")
class TestMessageRaces(MessageFixture, PortalFixture, RealServerCase):
    """The same form sent several times at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_fixture()
        cls.copy = cls._send_message(cls.user)
        cls.start_server()
        cls.browser = Browser(cls, cls.user.email, cls.user.email)
        cls.page = f"/my/messages/{cls.copy.id}"

    def send_at_once(self, form, files=None, **values):
        """Send the form three times at once."""
        token = self.browser.token(self.page)
        results = self.at_once(
            [
                lambda: self.browser.session.post(
                    self.url(f"{self.page}/{form}"),
                    data={**values, "csrf_token": token},
                    files=files,
                    timeout=PATIENCE,
                )
            ]
            * 3
        )
        self.assertEqual([getattr(result, "status_code", result) for result in results], [200] * 3)
        self.assertServerLogClean()

    def test_reply_is_written_once_with_all_files(self):
        files = [("files", (f"{name}.txt", name.encode(), "text/plain")) for name in "abc"]
        self.send_at_once("reply", files, text="Hello", form_key="the same")
        replies = self.query(
            "SELECT id, body FROM kundenportal_message_reply WHERE recipient_id = %s", self.copy.id
        )
        self.assertEqual([body for _id, body in replies], ["Hello"])
        names = self.query(
            "SELECT name, file_size FROM ir_attachment WHERE res_model = %s AND res_id = %s "
            "ORDER BY name",
            "kundenportal.message.reply",
            replies[0][0],
        )
        self.assertEqual(names, [("a.txt", 1), ("b.txt", 1), ("c.txt", 1)])
        entries = self.query(
            "SELECT count(*) FROM kundenportal_protocol WHERE res_model = %s AND res_id = %s",
            "kundenportal.message.reply",
            replies[0][0],
        )
        self.assertEqual(entries, [(1,)])

    def test_reading_counts_once(self):
        self.send_at_once("read")
        self.assertEqual(
            self.query(
                "SELECT partner_id FROM kundenportal_message_reading WHERE recipient_id = %s",
                self.copy.id,
            ),
            [(self.user.id,)],
        )
