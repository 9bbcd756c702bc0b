import json
import re
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalHttpCase
from .message_common import MessageFixture

BANNER = "//div[contains(@class, 'kp_viewing')]"


class ViewingHttpCase(MessageFixture, PortalHttpCase):
    """Pages as staff get them who look through a customer's eyes."""

    def begin(self, partner, reason="Rückfrage", user=None):
        """Sign in as staff and begin as the button does; return the view."""
        user = user or self.manager
        self.authenticate(user.login, user.login)
        wizard = self.call_button("res.partner", "action_view_as_customer", partner)
        wizard = self.env["kundenportal.viewing.start"].browse(wizard["res_id"])
        wizard.reason = reason
        self.env.flush_all()
        action = self.call_button(wizard._name, "action_start", wizard)
        self.assertEqual((action["type"], action["url"]), ("ir.actions.act_url", "/my"))
        return self.env["kundenportal.viewing"].search(
            [("user_id", "=", user.id), ("ended_on", "=", False)]
        )

    def call_button(self, model, method, records):
        params = {"model": model, "method": method, "args": [records.ids], "kwargs": {}}
        response = self.url_open(
            f"/web/dataset/call_button/{model}/{method}",
            json=self.build_rpc_payload(params),
            headers={"Referer": f"{self.base_url()}/odoo/contacts/1"},
        )
        return response.json()["result"]

    def page_token(self, url="/my"):
        """Return the CSRF token of the forms of a page."""
        found = re.search(r'csrf_token: "([^"]+)"', self.url_open(url).text)
        return found.group(1)

    def send_form(self, url, token, **values):
        return self.url_open(url, data={**values, "csrf_token": token}, allow_redirects=False)

    def from_portal(self, path="/my"):
        return {"Referer": f"{self.base_url()}{path}"}


@tagged("post_install", "-at_install")
class TestViewingPages(ViewingHttpCase):
    def test_pages_are_the_customers(self):
        order = self._create_order(self.user, "sale")
        foreign = self._create_order(self.stranger, "sale")
        self.begin(self.user)
        page = self.get_page("/my")
        banner = page.xpath(f"string({BANNER})")
        self.assertIn(self.user.display_name, banner)
        self.assertIn(self.manager.name, banner)
        self.assertFalse(page.xpath("//a[@id='o_logout']"), "whoever signs out is somebody else")
        self.assertIn(order.name, self.url_open("/my/orders").text)
        page = self.get_page(f"/my/orders/{order.id}")
        self.assertTrue(page.xpath(BANNER))
        allowed = page.xpath("//div[@id='discussion']/@data-allow_composer")
        self.assertEqual(allowed, ["0"], "no writing in the customer's name")
        response = self.url_open(f"/my/orders/{foreign.id}", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        foreign._portal_ensure_token()
        url = f"/my/orders/{foreign.id}?access_token={foreign.access_token}"
        self.assertEqual(self.url_open(url, allow_redirects=False).status_code, 303)
        with mute_logger("odoo.http"):
            self.assertTrue(self.get_page("/my/activities", status=404).xpath(BANNER))

    def test_looking_leaves_no_trace(self):
        copy = self._send_message(self.user)
        order = self._create_order(self.user, "sent")
        token = order._portal_ensure_token()
        messages = order.message_ids
        self.begin(self.user)
        before = self.env["kundenportal.protocol"].search([], limit=1)
        page = self.get_page(f"/my/messages/{copy.id}")
        self.assertTrue(page.xpath("//*[@data-unread]"))
        self.get_page(f"/my/orders/{order.id}?access_token={token}")
        self.assertFalse(self.readings(copy))
        self.assertEqual(order.message_ids, messages, "not viewed by the customer")
        after = self.env["kundenportal.protocol"].search([], limit=1)
        self.assertEqual(before, after)
        info = re.search(r"odoo.__session_info__ = (.*);", self.url_open("/my").text).group(1)
        info = json.loads(info)
        self.assertEqual(info["uid"], self.user.user_ids.id)
        self.assertTrue(info["is_portal_viewing"], "scripts report nothing")

    def test_writing_ends_in_a_friendly_page(self):
        copy = self._send_message(self.user)
        self.begin(self.user)
        token = self.page_token()
        with mute_logger("odoo.sql_db"):
            response = self.send_form(f"/my/messages/{copy.id}/read", token)
        self.assertEqual(response.status_code, 403)
        self.assertIn("kp_viewing", response.text)
        self.assertIn('href="/my"', response.text)
        self.assertFalse(self.readings(copy))
        with mute_logger("odoo.sql_db", "odoo.http"):
            response = self.url_open("/my/beacon", json=self.build_rpc_payload({}))
        self.assertIn("odoo.exceptions.UserError", response.text)

    def test_conversation_is_read_and_not_written(self):
        order = self._create_order(self.user, "sale")
        order.message_post(
            body="Guten Tag", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.begin(self.user)
        portal = self.from_portal(f"/my/orders/{order.id}")
        thread = {"thread_model": "sale.order", "thread_id": order.id}
        for url in ("/portal/chatter_init", "/mail/chatter_fetch"):
            response = self.url_open(url, json=self.build_rpc_payload(thread), headers=portal)
            self.assertNotIn("error", response.json(), response.text[:500])
        self.assertIn("Guten Tag", response.text)
        before = order.message_ids
        thread["token"] = order._portal_ensure_token()  # with it Odoo lets anybody write
        post = {**thread, "post_data": {"body": "x", "message_type": "comment"}}
        with mute_logger("odoo.sql_db", "odoo.http"):
            response = self.url_open(
                "/mail/message/post", json=self.build_rpc_payload(post), headers=portal
            )
        self.assertIn("odoo.exceptions.UserError", response.text)
        self.assertEqual(order.message_ids, before)

    def test_files_open(self):
        file = self.env["ir.attachment"].with_user(self.officer)
        file = file.create({"name": "plan.txt", "raw": b"the plan"})
        copy = self._send_message(self.user, attachment_ids=[Command.set(file.ids)])
        self.begin(self.user)
        response = self.url_open(f"/my/messages/{copy.id}/attachment/{file.id}")
        self.assertEqual(response.content, b"the plan")

    def test_backend_stays_the_staffs(self):
        order = self._create_order(self.user, "sale")
        self.begin(self.user)
        self.assertTrue(self.get_page("/my").xpath(BANNER))
        web = {"Referer": f"{self.base_url()}/odoo/contacts"}
        params = {"model": "res.users", "method": "context_get", "args": [], "kwargs": {}}
        for headers, uid in ((web, self.manager.id), ({}, self.manager.id)):
            response = self.url_open(
                "/web/dataset/call_kw", json=self.build_rpc_payload(params), headers=headers
            )
            self.assertEqual(response.json()["result"]["uid"], uid)
        response = self.url_open(
            "/web/dataset/call_kw", json=self.build_rpc_payload(params), headers=self.from_portal()
        )
        self.assertEqual(response.json()["result"]["uid"], self.user.user_ids.id)
        other = {"Referer": "https://elsewhere.example/my"}
        response = self.url_open(
            "/web/dataset/call_kw", json=self.build_rpc_payload(params), headers=other
        )
        self.assertEqual(response.json()["result"]["uid"], self.manager.id)
        # The backend goes on writing.
        params = {
            "model": "sale.order",
            "method": "write",
            "args": [order.ids, {"client_order_ref": "Neu"}],
            "kwargs": {},
        }
        self.manager.group_ids = [Command.link(self.env.ref("sales_team.group_sale_manager").id)]
        response = self.url_open(
            "/web/dataset/call_kw", json=self.build_rpc_payload(params), headers=web
        )
        self.assertIs(response.json().get("result"), True, response.text[:500])

    def test_the_way_back(self):
        viewing = self.begin(self.user)
        page = self.get_page("/my/account")
        form = page.xpath(f"{BANNER}//form")[0]
        token = form.xpath(".//input[@name='csrf_token']/@value")[0]
        response = self.send_form(form.get("action"), token)
        self.assertTrue(response.headers["Location"].endswith(f"/odoo/res.partner/{self.user.id}"))
        self.assertTrue(viewing.ended_on)
        self.assertFalse(self.get_page("/my").xpath(BANNER), "one's own again")
        self.authenticate(self.user.user_ids.login, "any")
        response = self.send_form("/kundenportal/viewing/end", self.csrf_token())
        self.assertEqual(response.status_code, 303, "nothing to end")

    def test_time_is_over(self):
        viewing = self.begin(self.user)
        token = self.page_token("/my/account")
        viewing.valid_until -= timedelta(minutes=15)
        self.env.flush_all()
        name = self.manager.partner_id.name
        # The form was the customer's; sent now it would be the staff member's own.
        with mute_logger("odoo.http"):
            response = self.send_form("/my/address/submit", token, name="Falsch")
        self.assertEqual(response.status_code, 403)
        self.assertIn(f"/odoo/res.partner/{self.user.id}", response.text)
        self.assertFalse(self.get_page("/my").xpath(BANNER), "said once")
        with mute_logger("odoo.http"):
            response = self.send_form("/my/address/submit", token, name="Falsch")
        self.assertEqual(response.status_code, 400, "its token was the view's")
        self.assertEqual(self.manager.partner_id.name, name)

    def test_closed_portal_is_shown_as_closed(self):
        self.user.portal_switch = "blocked"
        self.begin(self.user)
        self.assertTrue(self.get_page("/my", status=403).xpath(BANNER))

    def test_own_data_is_not_for_staff(self):
        self.begin(self.user)
        with mute_logger("odoo.http"):
            self.get_page("/my/data/download", status=404)
