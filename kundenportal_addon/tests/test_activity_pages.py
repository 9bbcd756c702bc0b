from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.sql import table_columns

from ..models.kundenportal_activity_list import GROUPS, ORDERS
from ..models.kundenportal_activity_page import SHOWN_MESSAGES
from .activity_common import ActivityFixture
from .http_common import BrowserCase, PortalHttpCase

#: Steps of PostgreSQL that read an index in its order.
INDEX_STEPS = {"Index Scan", "Index Only Scan"}
ROWS = "//ul[contains(@class, 'kp_activities')]/li"


class ActivityPageCase(ActivityFixture, PortalHttpCase):
    def url(self, case):
        return f"/my/activities/{case.id}"

    def titles(self, page):
        return [row.xpath("string(.//a)") for row in page.xpath(ROWS)]

    def list_of(self, contact, **params):
        self.sign_in(contact)
        response = self.url_open("/my/activities", params=params)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def submit_files(self, url, files, field="files", **values):
        """Send a form with files: pairs of a name and the content."""
        return self.url_open(
            url,
            data={**values, "csrf_token": self.csrf_token()},
            files=[(field, (name, content)) for name, content in files],
            allow_redirects=False,
        )

    def error(self, response, name):
        """Return the sentence beside a field."""
        page = html.fromstring(response.content)
        return page.xpath(f"string(//*[@id='activity_{name}_error'])").strip()

    def cases_of(self, contact):
        return self.env["kundenportal.activity"].search([("partner_id", "=", contact.id)])


@tagged("post_install", "-at_install")
class TestActivityList(ActivityPageCase):
    """/my/activities."""

    def test_whose_cases_are_seen_by_whom(self):
        cases = {
            name: self._create_case(contact, name)
            for name, contact in (
                ("Uwes", self.user),
                ("Utes", self.user2),
                ("Mias", self.main),
                ("Svens", self.stranger),
            )
        }
        cases["Geteilt"] = self._create_case(self.user2, "Geteilt")
        self._let_take_part(cases["Geteilt"], self.user)
        cases["Vertraulich"] = self._create_case(self.user2, "Vertraulich", is_confidential=True)
        hidden_type = self._create_type("Intern", is_in_portal=False)
        cases["Intern"] = self._create_case(self.user, "Intern", hidden_type)
        cases["Svens"].message_subscribe(self.user.ids)
        for contact, sees in (
            (self.user, {"Uwes", "Geteilt"}),
            (self.user2, {"Utes", "Geteilt", "Vertraulich"}),
            (self.main, {"Uwes", "Utes", "Mias", "Geteilt"}),
            (self.stranger, {"Svens"}),
            (self.person, set()),
        ):
            with self.subTest(contact=contact.name):
                self.assertEqual(set(self.titles(self.list_of(contact))), sees)
                for name, case in cases.items():
                    with mute_logger("odoo.http"):
                        self.get_page(self.url(case), 200 if name in sees else 404)
        page = self.list_of(self.main)
        contacts = page.xpath(f"{ROWS}//*[contains(@class, 'kp_contact')]/text()")
        self.assertEqual(sorted(contacts), ["Ute User", "Ute User", "Uwe User"], "not the reader")
        self.user2.portal_withheld_function_ids = self.functions["activities"]
        self.sign_in(self.user2)
        with mute_logger("odoo.http"):
            for url in ("/my/activities", "/my/activities/new", self.url(cases["Utes"])):
                self.get_page(url, 404)
            self.authenticate(self.officer.login, self.officer.login)
            self.get_page("/my/activities", 404)

    def test_running_ones_first_then_the_newest(self):
        cases = [self._create_case(self.user, f"Fall {number}") for number in range(4)]
        cases[3]._change_state("done")
        cases[1]._change_state("waiting")
        page = self.list_of(self.user)
        self.assertEqual(self.titles(page), ["Fall 2", "Fall 1", "Fall 0", "Fall 3"])
        self.assertEqual(
            page.xpath(f"count({ROWS}[contains(@class, 'kp_activity_closed')])"), 1, "Fall 3"
        )
        self.assertTrue(page.xpath(f"{ROWS}[2]//*[contains(@class, 'kp_state_waiting')]"))
        self.assertEqual(
            self.titles(self.list_of(self.user, sort="oldest")),
            ["Fall 0", "Fall 1", "Fall 2", "Fall 3"],
        )
        for state, found in (
            ("running", ["Fall 2", "Fall 1", "Fall 0"]),
            ("closed", ["Fall 3"]),
            ("waiting", ["Fall 1"]),
            ("cancelled", []),
            ("<script>", ["Fall 2", "Fall 1", "Fall 0", "Fall 3"]),
        ):
            with self.subTest(state=state):
                self.assertEqual(self.titles(self.list_of(self.user, state=state)), found)
        page = self.list_of(self.user, group="state")
        self.assertEqual(
            self.titles(page), ["Fall 1", "Fall 2", "Fall 0", "Fall 3"], "what waits comes first"
        )
        self.assertEqual(len(page.xpath("//h2[contains(@class, 'kp_group')]")), 3)

    def test_search_filter_and_paging(self):
        other_type = self._create_type("Anfrage", sequence=2)
        titled = self._create_type("Prüfung", portal_title="Prüfung {{ object.number }}")
        for number in range(23):
            self._create_case(self.user, f"Fall {number}", description="<p>R&amp;D</p>")
        request_ = self._create_case(self.user, "Wartung 100%", other_type)
        secret = self._create_case(self.user, "Betrugsverdacht", titled)
        page = self.list_of(self.user)
        self.assertEqual(len(self.titles(page)), 20)
        self.assertEqual(self.titles(page)[0], f"Prüfung {secret.number}")
        self.assertTrue(page.xpath("//a[@href='/my/activities/page/2']"))
        self.assertEqual(len(self.get_page("/my/activities/page/2").xpath(ROWS)), 5)
        self.get_page("/my/activities/page/999999999")
        for params, found in (
            ({"search": "wartung 100%"}, [request_.name]),
            ({"search": "%"}, [request_.name]),
            ({"search": request_.number}, [request_.name]),
            ({"search": "betrug"}, []),
            ({"search": "R&D", "sort": "oldest"}, [f"Fall {number}" for number in range(20)]),
            ({"search": "x" * 10000}, []),
            ({"search": "<script>alert(1)</script>"}, []),
            ({"type": other_type.id}, [request_.name]),
            ({"type": other_type.id, "search": "Fall"}, []),
        ):
            with self.subTest(params=str(params)[:60]):
                page = self.list_of(self.user, **params)
                self.assertEqual(self.titles(page), found)
                self.assertTrue(page.xpath("//*[contains(@class, 'kp_found')]"))
        for params in (
            {"search": "\x00"},
            {"type": "2147483648", "state": "x", "sort": "name; DROP", "group": "\x00"},
        ):
            self.assertEqual(len(self.titles(self.list_of(self.user, **params))), 20)
        page = self.list_of(self.main, group="type")
        headings = [node.text for node in page.xpath("//h2[contains(@class, 'kp_group')]")]
        self.assertEqual(headings[0], "Störung", "in the order of the types")
        self.assertEqual(len(self.list_of(self.main, group="contact").xpath(ROWS)), 20)

    def test_queries_do_not_grow(self):
        titled = self._create_type("Prüfung", portal_title="Prüfung {{ object.number }}")

        def open_cases(count):
            for number in range(count):
                case_type = titled if number % 2 else self.ticket_type
                case = self._create_case(self.user if number % 3 else self.user2, "x", case_type)
                if number % 4 == 0:
                    case._change_state("waiting")

        open_cases(4)
        self.sign_in(self.main)
        queries = self.count_page_queries("/my/activities")
        open_cases(30)
        self.assertPageQueries("/my/activities", queries)
        self.assertLessEqual(queries, 25)
        self.assertPageQueries("/my/activities?state=running&search=x&group=type", 25)

    def test_list_and_count_walk_an_index(self):
        """One company's cases among ten times as many: no table scan, nothing to be sorted."""
        case = self._create_case(self.user, is_confidential=False)
        self._let_take_part(case, self.user2)
        self.env.flush_all()
        columns = table_columns(self.env.cr, case._table).keys() - {"id", "number"}
        values = {name: SQL.identifier(name) for name in columns}
        others = self.env["res.partner"].create([{"name": f"Firma {n}"} for n in range(9)])
        firms = [self.nord.id, *others.ids]
        values["commercial_partner_id"] = SQL("(%s::int[])[1 + n %% 10]", firms)
        self.env.cr.execute(
            SQL(
                "INSERT INTO kundenportal_activity (number, %s) "
                "SELECT 'P' || n, %s FROM kundenportal_activity, generate_series(1, 20000) n "
                "WHERE id = %s",
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(values.values()),
                case.id,
            )
        )
        self.env.cr.execute("ANALYZE kundenportal_activity")
        for contact in (self.main, self.user, self.user2):
            cases = self.env["kundenportal.activity"].with_user(contact.user_ids)
            choice, _asked = cases._read_portal_choice({}, cases._get_portal_filters())
            domain = cases._get_portal_domain(choice)
            page = cases._search(domain, order=GROUPS[""] + ORDERS["newest"], limit=20)
            with self.subTest(contact=contact.name):
                self.assertLessEqual(self.get_plan(page.select()), {"Limit", *INDEX_STEPS})
                count = cases._search(domain).select(SQL("count(*)"))
                self.assertLessEqual(
                    self.get_plan(count),
                    {"Aggregate", "Bitmap Heap Scan", "Bitmap Index Scan", *INDEX_STEPS},
                )

    def get_plan(self, query):
        """Return by which steps PostgreSQL would read the cases, without those of sub-queries."""
        self.env.cr.execute(SQL("EXPLAIN (FORMAT JSON) %s", query))
        [[[found]]] = self.env.cr.fetchall()
        steps, nodes = set(), [found["Plan"]]
        for node in nodes:
            steps.add(node["Node Type"])
            nodes += [
                child
                for child in node.get("Plans", ())
                if child["Parent Relationship"] not in ("SubPlan", "InitPlan")
            ]
        return steps

    def test_the_offer_on_the_home_costs_nothing(self):
        self.sign_in(self.user)
        page = self.get_page("/my")
        url = f"/my/activities/new?type={self.ticket_type.id}"
        self.assertTrue(page.xpath(f"//a[contains(@class, 'kp_report')][@href='{url}']"))
        queries = self.count_page_queries("/my")
        self.ticket_type.is_problem_report = False
        self.assertFalse(self.get_page("/my").xpath("//a[contains(@class, 'kp_report')]"))
        self.assertEqual(self.count_page_queries("/my"), queries)


@tagged("post_install", "-at_install")
class TestActivityPage(ActivityPageCase):
    """/my/activities/<id>."""

    def test_page_shows_what_the_type_says(self):
        self.ticket_type.write(
            {
                "portal_title": "Ticket {{ object.number }}",
                "portal_description": "Es geht um {{ object.equipment_id.name }}.\n<b>x</b>",
                "first_answer_hours": 4,
            }
        )
        device = self.env["maintenance.equipment"].create(
            {"name": "Laser 3000", "serial_no": "SN-1", "customer_id": self.nord.id}
        )
        case = self._create_case(
            self.user,
            "Interner Titel",
            equipment_id=device.id,
            user_id=self.officer.id,
            description="<p>Papierstau <script>alert(1)</script></p>",
        )
        case.message_post(body="INTERN", subtype_xmlid="mail.mt_note")
        self.sign_in(self.user)
        response = self.url_open(self.url(case))
        page = html.fromstring(response.content)
        self.assertEqual(page.xpath("string(//h1)"), f"Ticket {case.number}")
        self.assertNotIn("Interner Titel", response.text)
        text = page.xpath("string(//*[contains(@class, 'kp_activity_description')])")
        self.assertIn("Es geht um Laser 3000.", text)
        self.assertIn("<b>x</b>", text, "the type's text is no HTML")
        self.assertIn("Papierstau", text)
        self.assertFalse(page.xpath("//article//script"))
        facts = page.xpath("string(//dl[contains(@class, 'kp_facts')])")
        for word in ("Uwe User", self.officer.name, "Laser 3000, SN-1"):
            self.assertIn(word, facts)
        steps = page.xpath("//ol[contains(@class, 'kp_progress')]/li")
        self.assertGreater(len(steps), 2)
        self.assertEqual(
            [step.get("aria-current") for step in steps].count("step"), 1, "where it stands"
        )
        self.assertTrue(page.xpath("//form[contains(@class, 'kp_comment_form')]"))

    def test_steps_that_a_case_took(self):
        def steps(case, *states):
            for state in states:
                case._change_state(state)
            stages = case.type_id.stage_ids
            state_of = {stage._get_portal_name(): stage.state for stage in stages}
            return [
                (state_of[step["name"]], step["status"]) for step in case._prepare_portal_progress()
            ]

        case = self._create_case(self.user)
        self.assertEqual(
            steps(case),
            [("new", "current"), ("planned", "open"), ("in_progress", "open"), ("done", "open")],
        )
        self.assertEqual(
            steps(case, "in_progress"),
            [("new", "done"), ("in_progress", "current"), ("done", "open")],
            "nothing was planned",
        )
        self.assertEqual(steps(case, "cancelled"), [("new", "done"), ("cancelled", "current")])
        planned = self._create_case(self.user, date_start="2030-01-01 10:00:00")
        self.assertEqual(
            steps(planned, "planned", "in_progress"),
            [("new", "done"), ("planned", "done"), ("in_progress", "current"), ("done", "open")],
        )

    def test_internal_notes_and_their_files_never(self):
        case = self._create_case(self.user)
        case = case.with_user(self.officer)

        def post(body, name, **values):
            values = {"attachments": [(name, b"content")], "message_type": "comment", **values}
            return case.message_post(body=body, **values)

        note = post("NOTIZ", "note.txt", subtype_xmlid="mail.mt_note")
        answer = post("ANTWORT", "answer.txt", subtype_xmlid="mail.mt_comment")
        withdrawn = post("ZURÜCK", "back.txt", subtype_xmlid="mail.mt_comment")
        withdrawn.sudo().is_internal = True
        logged = post("PROTOKOLL", "log.txt", message_type="notification")
        loose = self.env["ir.attachment"].create(
            {"name": "loose.txt", "raw": b"x", "res_model": case._name, "res_id": case.id}
        )
        files = self.env["ir.attachment"].with_user(self.officer)
        svg = files.create({"name": "evil.svg", "raw": b"<svg/>"})
        case.message_post(body="BILD", attachment_ids=svg.ids, subtype_xmlid="mail.mt_comment")
        foreign = self._create_case(self.user2)
        foreign_file = foreign.message_post(
            body="FREMD",
            attachments=[("foreign.txt", b"x")],
            subtype_xmlid="mail.mt_comment",
        ).attachment_ids
        self.sign_in(self.user)
        response = self.url_open(self.url(case))
        for word in ("NOTIZ", "ZURÜCK", "PROTOKOLL", "FREMD", "loose.txt", "note.txt"):
            self.assertNotIn(word, response.text)
        page = html.fromstring(response.content)
        self.assertEqual(len(page.xpath("//*[contains(@class, 'kp_comment_staff')]")), 2)
        urls = page.xpath("//ul[contains(@class, 'kp_files')]//a/@href")
        self.assertEqual(
            urls, [f"{self.url(case)}/attachment/{f.id}" for f in (answer.attachment_ids, svg)]
        )
        for url in urls:
            response = self.url_open(url)
            self.assertEqual(response.status_code, 200)
            self.assertTrue(response.headers["Content-Disposition"].startswith("attachment"))
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        hidden = note.attachment_ids | withdrawn.attachment_ids | logged.attachment_ids | loose
        with mute_logger("odoo.http"):
            for file in hidden | foreign_file:
                self.get_page(f"{self.url(case)}/attachment/{file.id}", 404)
                response = self.url_open(f"/web/content/{file.id}")
                self.assertEqual(response.status_code, 404, file.name)
            for rest in ("0", "2147483648", "9" * 30, "abc"):
                self.get_page(f"{self.url(case)}/attachment/{rest}", 404)
        # Nor by a remote call that knows the ids.
        messages = (note | withdrawn | logged).with_user(self.user.user_ids).sudo(False)
        self.assertFalse(messages._filtered_access("read"))

    def test_writing(self):
        case = self._create_case(self.user, user_id=self.officer.id)
        case._change_state("waiting")
        self.sign_in(self.user)
        page = self.get_page(self.url(case))
        [link] = page.xpath("//*[contains(@class, 'kp_waiting')]//a/@href")
        self.assertTrue(page.xpath(f"//textarea[@id='{link[1:]}']"), "leads to where to answer")
        key = page.xpath("string(//input[@name='form_key']/@value)")
        response = self.url_open(f"{self.url(case)}/comment", allow_redirects=False)
        self.assertIn(response.status_code, (404, 405), "not by GET")
        before = case.message_ids
        for _twice in range(2):
            response = self.submit_files(
                f"{self.url(case)}/comment",
                [("../../x.png", b"picture")],
                text="<b>Danke</b>\nUwe",
                form_key=key,
            )
            self.assertEqual(response.status_code, 303)
            self.assertIn("done=sent", response.headers["Location"])
        message = case._get_portal_messages() - before
        self.assertEqual(len(message), 1, "sent twice is written once")
        self.assertEqual(message.author_id, self.user)
        self.assertIn("&lt;b&gt;Danke", message.body)
        self.assertEqual(message.attachment_ids.name, "x.png")
        self.assertEqual((case.state, case.customer_replied), ("in_progress", True))
        page = self.get_page(self.url(case) + "?done=sent")
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_waiting')]"))
        done = page.xpath("//*[contains(@class, 'kp_sent')]")[0]
        self.assertEqual(
            done.get("data-draft-done"),
            page.xpath("string(//form[contains(@class, 'kp_comment_form')]/@data-draft)"),
            "the browser forgets what has arrived",
        )
        self.assertFalse(page.xpath("//*[contains(@class, 'kp_comment_staff')]"))

    def test_bad_messages(self):
        case = self._create_case(self.user)
        url = f"{self.url(case)}/comment"
        self.sign_in(self.user)
        count = len(case.message_ids)
        for values, files, name in (
            ({"text": " \x00 "}, [], "text"),
            ({}, [("text", b"a file in a text's place")], "text"),
            ({"text": "x" * 10001}, [], "text"),
            ({"text": "Hallo"}, [("plan.exe", b"MZ")], "files"),
            ({"text": "Hallo"}, [("../../x.html", b"<script>")], "files"),
            ({"text": "Hallo"}, [("leer.pdf", b"")], "files"),
            ({"text": "Hallo"}, [("gross.pdf", b"x" * (10 * 2**20 + 1))], "files"),
            ({"text": "Hallo"}, [(f"{number}.png", b"x") for number in range(11)], "files"),
        ):
            with self.subTest(values=str(values)[:30], files=str(files)[:30]):
                field = "text" if files and files[0][0] == "text" else "files"
                response = self.submit_files(url, files, field=field, **values)
                self.assertEqual(response.status_code, 200)
                self.assertTrue(self.error(response, name))
                page = html.fromstring(response.content)
                typed = page.xpath("string(//*[@id='activity_text'])")
                self.assertEqual(typed, values.get("text", "").replace("\x00", "").strip())
                self.assertTrue(page.xpath("//form[@data-draft-typed]"))
        self.assertEqual(len(case.message_ids), count)
        for id_ in ("0", "2147483648", "9" * 30, "-1", "abc"):
            with self.subTest(id_=id_), mute_logger("odoo.http"):
                self.get_page(f"/my/activities/{id_}", 404)
                response = self.submit(f"/my/activities/{id_}/comment", text="x")
                self.assertEqual(response.status_code, 404)
        self.sign_in(self.user2)
        with mute_logger("odoo.http"):
            self.assertEqual(self.submit(url, text="x").status_code, 404)
        self.assertEqual(len(case.message_ids), count)

    def test_closed_cases_take_answers_for_some_time(self):
        case = self._create_case(self.user, user_id=self.officer.id)
        self.ticket_type.reopen_days = 14
        case._change_state("done")
        self.sign_in(self.user)
        self.submit(f"{self.url(case)}/comment", text="Wieder da")
        self.assertEqual(case.state, "in_progress", "an answer takes it up again")
        case._change_state("done")
        case._own_write({"closed_on": fields.Datetime.now() - timedelta(days=15)})
        page = self.get_page(self.url(case))
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_closed_hint')]"))
        self.assertFalse(page.xpath("//form[contains(@class, 'kp_comment_form')]"))
        response = self.submit(f"{self.url(case)}/comment", text="Zu spät")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Zu spät", response.text, "it can be copied")
        self.assertEqual(case.state, "done")
        self.assertNotIn("Zu spät", " ".join(case.message_ids.mapped("body")))

    def test_long_conversations_are_shown_from_their_end(self):
        case = self._create_case(self.user)
        for number in range(3):
            case.message_post(body=f"Nr. {number}", subtype_xmlid="mail.mt_comment")
        self.sign_in(self.user)
        queries = self.count_page_queries(self.url(case))
        for number in range(3, SHOWN_MESSAGES + 2):
            case.message_post(
                body=f"Nr. {number}",
                attachments=[("x.txt", b"x")],
                subtype_xmlid="mail.mt_comment",
            )
        page = self.get_page(self.url(case))
        self.assertEqual(
            len(page.xpath("//*[contains(@class, 'kp_comment_body')]")), SHOWN_MESSAGES
        )
        [link] = page.xpath("//a[contains(@class, 'kp_earlier')]/@href")
        page = self.get_page(link.partition("#")[0])
        self.assertEqual(
            len(page.xpath("//*[contains(@class, 'kp_comment_body')]")), SHOWN_MESSAGES + 2
        )
        self.assertPageQueries(self.url(case), queries + 2)


@tagged("post_install", "-at_install")
class TestActivityNew(ActivityPageCase):
    """/my/activities/new."""

    def new(self, case_type=None):
        return f"/my/activities/new?type={(case_type or self.ticket_type).id}"

    def test_types_on_offer(self):
        group = self.env["res.partner.category"].create({"name": "VIP", "is_portal_group": True})
        self._create_type("Nur VIP", category_ids=group.ids)
        self._create_type("Nur Hauptbenutzer", level="main_user")
        self._create_type("Nicht selbst", customers_may_create=False)
        self._create_type("Nicht im Portal", is_in_portal=False)
        self._create_type("Archiviert", active=False)
        other_company = self.env["res.company"].create({"name": "Andere"})
        self._create_type("Andere Firma", company_id=other_company.id)
        request_type = self._create_type("Anfrage", description="Fragen aller Art", sequence=2)

        def offered():
            page = self.get_page("/my/activities/new")
            return page.xpath("//a[contains(@class, 'kp_new_type')]//span[@class='fw-bold']/text()")

        self.sign_in(self.user)
        self.assertEqual(offered(), ["Störung", "Anfrage"])
        self.user.category_id = group
        self.assertEqual(set(offered()), {"Störung", "Anfrage", "Nur VIP"})
        self.sign_in(self.main)
        self.assertEqual(set(offered()), {"Störung", "Anfrage", "Nur Hauptbenutzer"})
        self.sign_in(self.user)
        page = self.get_page(self.new(request_type))
        self.assertEqual(page.xpath("string(//h1)"), "Anfrage")
        hidden = self.env["kundenportal.activity.type"].search([("name", "=", "Nicht selbst")])
        for type_id in (hidden.id, "0", "abc", "\x00", "9" * 30):
            with self.subTest(type_id=type_id):
                response = self.url_open("/my/activities/new", params={"type": type_id})
                page = html.fromstring(response.content)
                self.assertTrue(page.xpath("//*[contains(@class, 'kp_new_types')]"))
                response = self.submit("/my/activities/new", type=type_id, text="x")
                self.assertEqual(response.status_code, 303)
        self.assertFalse(self.cases_of(self.user))
        request_type.customers_may_create = False
        self.user.category_id = False
        page = self.get_page("/my/activities/new")
        self.assertTrue(
            page.xpath("//form[contains(@class, 'kp_new_form')]"), "the only one needs no choice"
        )

    def test_problem_with_a_photo_and_nothing_else(self):
        self.ticket_type.first_answer_hours = 4
        self.company.portal_hotline = "+49 421 550"
        self.sign_in(self.user)
        page = self.get_page(self.new())
        [upload] = page.xpath("//input[@type='file']")
        self.assertTrue(upload.get("accept").startswith("image/*"))
        self.assertTrue(page.xpath(f"//*[@id='{upload.get('aria-describedby').strip()}']"))
        key = page.xpath("string(//input[@name='form_key']/@value)")
        for _twice in range(2):
            response = self.submit_files(
                self.new(), [("IMG_1.HEIC", b"photo")], text="", name="", form_key=key
            )
            self.assertEqual(response.status_code, 303)
        case = self.cases_of(self.user)
        self.assertEqual(len(case), 1, "sent twice is one case")
        self.assertEqual(case.name, "Störung")
        self.assertEqual((case.channel, case.company_id), ("portal", self.company))
        self.assertFalse(case.customer_replied, "it is new, no answer")
        self.assertEqual(case._get_portal_messages().attachment_ids.name, "IMG_1.HEIC")
        self.assertEqual(
            response.headers["Location"].rpartition("/my")[2], f"/activities/{case.id}?done=created"
        )
        page = self.get_page(f"{self.url(case)}?done=created")
        [receipt] = page.xpath("//*[contains(@class, 'kp_receipt')][@role='status']")
        self.assertIn(case.number, receipt.text_content())
        self.assertTrue(receipt.xpath(".//*[contains(@class, 'kp_receipt_answer')]"))
        self.assertIn("+49 421 550", receipt.text_content())
        self.assertTrue(receipt.get("data-draft-done").endswith(f"new-{self.ticket_type.id}-"))

    def test_what_is_typed(self):
        device = self.env["maintenance.equipment"].create(
            {"name": "Laser 3000", "customer_id": self.nord.id}
        )
        foreign = self.env["maintenance.equipment"].create(
            {"name": "Fremdes Gerät", "customer_id": self.sued.id}
        )
        self.sign_in(self.user)
        response = self.url_open(self.new())
        self.assertIn("Laser 3000", response.text)
        self.assertNotIn("Fremdes Gerät", response.text)
        for values, files, name in (
            ({"text": " \x00"}, [], "text"),
            ({}, [("text", b"x")], "text"),
            ({"text": "x" * 10001}, [], "text"),
            ({"text": "x", "name": "x" * 201}, [], "name"),
            ({"text": "x", "equipment": foreign.id}, [], "equipment"),
            ({"text": "x", "equipment": "abc"}, [], "equipment"),
            ({"text": "x"}, [("virus.exe", b"x")], "files"),
            ({"text": "x"}, [("30.mp4", b"x" * (30 * 2**20))], "files"),
        ):
            with self.subTest(values=str(values)[:40], files=str(files)[:30]):
                field = "text" if files and files[0][0] == "text" else "files"
                response = self.submit_files(self.new(), files, field=field, **values)
                self.assertEqual(response.status_code, 200)
                self.assertTrue(self.error(response, name))
        self.assertFalse(self.cases_of(self.user))
        response = self.submit(
            self.new(),
            text="Papierstau <script>alert(1)</script>\nseit gestern",
            name="",
            equipment=device.id,
            partner_id=self.stranger.id,
            user_id=self.officer.id,
            is_confidential="1",
        )
        self.assertEqual(response.status_code, 303)
        case = self.cases_of(self.user)
        self.assertEqual(case.name, "Papierstau <script>alert(1)</script>")
        self.assertIn("&lt;script&gt;", case.description)
        self.assertEqual(case.equipment_id, device)
        self.assertEqual(case.commercial_partner_id, self.nord)
        self.assertFalse(case.is_confidential or case.user_id, "that is the staff's")

    def test_form_of_the_type(self):
        form_fields = self.env["kundenportal.form.field"].create(
            [
                {
                    "type_id": self.ticket_type.id,
                    "name": "Seriennummer",
                    "kind": "text",
                    "is_required": True,
                },
                {"type_id": self.ticket_type.id, "name": "Foto", "kind": "file"},
            ]
        )
        name, photo = (field._get_input_name() for field in form_fields)
        self.sign_in(self.user)
        page = self.get_page(self.new())
        self.assertTrue(page.xpath(f"//input[@name='{name}']"))
        response = self.submit(self.new(), text="Kaputt")
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.content)
        self.assertEqual(page.xpath("string(//*[@id='activity_text'])"), "Kaputt")
        self.assertFalse(self.cases_of(self.user))
        response = self.submit_files(
            self.new(), [("x.png", b"x")], field=photo, **{name: "SN <b>1</b>"}
        )
        self.assertEqual(response.status_code, 303)
        case = self.cases_of(self.user)
        self.assertEqual(
            case.form_response_ids.answer_ids.mapped("label"), ["Seriennummer", "Foto"]
        )
        page = self.get_page(self.url(case))
        [url] = page.xpath("//section[contains(@class, 'kp_activity_files')]//a/@href")
        self.assertEqual(self.url_open(url).content, b"x")
        self.sign_in(self.user2)
        with mute_logger("odoo.http"):
            self.get_page(url, 404)


@tagged("post_install", "-at_install")
class TestActivityActionPages(ActivityPageCase):
    """/my/activities/<id>/action/<id>, /my/action/<id>."""

    def test_action_of_a_case(self):
        action = self._create_action("comment", name="Ergänzen", explanation="Was noch fehlt")
        other_type = self._create_type("Anfrage")
        other_action = self._create_action("comment", other_type)
        case = self._create_case(self.user)
        url = f"{self.url(case)}/action/{action.id}"
        self.sign_in(self.user)
        page = self.get_page(self.url(case))
        [link] = page.xpath("//a[contains(@class, 'kp_action')]")
        self.assertEqual(link.get("href"), url)
        self.assertIn("Was noch fehlt", link.text_content())
        page = self.get_page(url)
        key = page.xpath("string(//input[@name='form_key']/@value)")
        self.assertEqual(self.submit(url, text="").status_code, 200)
        for _twice in range(2):
            response = self.submit(url, text="Noch etwas", form_key=key)
            self.assertEqual(response.status_code, 303)
        bodies = "".join(case._get_portal_messages().mapped("body"))
        self.assertEqual(bodies.count("Noch etwas"), 1)
        page = self.get_page(f"{self.url(case)}?done=action")
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_action_done')]"))
        with mute_logger("odoo.http"):
            for bad in (other_action.id, 0, 2147483648, "9" * 30, "abc"):
                self.get_page(f"{self.url(case)}/action/{bad}", 404)
                response = self.submit(f"{self.url(case)}/action/{bad}", text="x")
                self.assertEqual(response.status_code, 404)
            self.sign_in(self.user2)
            self.get_page(url, 404)
            self.assertEqual(self.submit(url, text="x").status_code, 404)

    def test_what_was_shown_is_asked_again(self):
        action = self._create_action("comment", condition="[('name', '=', 'Offen')]")
        case = self._create_case(self.user, "Offen")
        url = f"{self.url(case)}/action/{action.id}"
        self.sign_in(self.user)
        self.assertFalse(self.get_page(url).xpath("//*[contains(@class, 'kp_refusal')]"))
        case.name = "Zu"
        self.assertFalse(self.get_page(self.url(case)).xpath("//a[contains(@class, 'kp_action')]"))
        response = self.submit(url, text="Trotzdem")
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.content)
        self.assertTrue(page.xpath("//*[contains(@class, 'kp_refusal')]//*[@role='alert']"))
        self.assertNotIn("Trotzdem", "".join(case.message_ids.mapped("body")))

    def test_action_without_a_case(self):
        action = self._create_action(
            "request", self.env["kundenportal.activity.type"], request_type_id=self.ticket_type.id
        )
        self.sign_in(self.user)
        self.get_page(f"/my/action/{action.id}")
        response = self.submit(f"/my/action/{action.id}", text="Bitte zurückrufen")
        self.assertEqual(response.status_code, 303)
        case = self.cases_of(self.user)
        self.assertIn(f"{self.url(case)}?done=created", response.headers["Location"])
        with mute_logger("odoo.http"):
            self.get_page(f"{self.url(case)}/action/{action.id}", 404)
            self.user.portal_withheld_function_ids = self.functions["activities"]
            self.sign_in(self.user)
            self.get_page(f"/my/action/{action.id}", 404)


@tagged("post_install", "-at_install")
class TestActivityTour(BrowserCase, ActivityPageCase):
    """Where JavaScript is the point: what is typed survives."""

    def test_tour_problem_report(self):
        self.start_portal_tour("kundenportal_report_problem", self.user, "/my")
        case = self.cases_of(self.user)
        self.assertEqual(case.name, "Papierstau")
