from datetime import date

from werkzeug.datastructures import MultiDict

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .form_common import FormCase


@tagged("post_install", "-at_install")
class TestForms(FormCase):
    """Forms: what counts is decided on the server, answers stay as they were asked for."""

    # === WHAT COUNTS === #

    def test_only_visible_fields_count(self):
        errors = self.send(device=self.printer)
        self.assertEqual(set(errors), {self._name(self.serial)}, "required as it is visible")
        self.assertEqual(set(self.send()), {self._name(self.device)}, "nothing chosen")
        response = self.send(
            device=self.copier, serial="GEHEIM", urgent="", reason="nie gefragt", pages="1.234"
        )
        answers = self.answers(response)
        self.assertNotIn("Seriennummer", answers, "what is hidden is not kept")
        self.assertNotIn("Warum?", answers)
        self.assertEqual((answers["Gerät"], answers["Dringend"]), ("Kopierer", "No"))

    def test_answers_stay_as_they_were_shown(self):
        response = self.send(
            device=self.printer,
            serial="4711",
            pages="1500.5",
            date="2026-02-28",
            extras=[self.duplex, self.fax],
            urgent="1",
            reason="Messe\nam Montag",
            files=[self.upload()],
        )
        self.device.name = "Maschine"
        self.printer.name = "Laserdrucker"
        self.pages.kind = "text"
        self.serial.unlink()
        self.env.invalidate_all()
        self.assertEqual(
            self.answers(response),
            {
                "Gerät": "Drucker",
                "Seriennummer": "4711",
                "Seiten im Monat": "1500.5",
                "Kaufdatum": "02/28/2026",
                "Ausstattung": "Duplex, Fax",
                "Dringend": "Yes",
                "Warum?": "Messe\nam Montag",
                "Fotos": "foto.jpg",
            },
        )
        by_label = {answer.label: answer for answer in response.answer_ids}
        self.assertEqual(by_label["Seiten im Monat"].value_number, 1500.5)
        self.assertEqual(by_label["Seiten im Monat"].kind, "number")
        self.assertEqual(by_label["Kaufdatum"].value_date, date(2026, 2, 28))
        self.assertEqual(response.attachment_ids.raw, b"JPEG")
        found = self.env["kundenportal.form.answer"].with_user(self.officer)
        found = found.search([("value", "ilike", "4711"), ("is_current", "=", True)])
        self.officer.group_ids |= self.env.ref("base.group_allow_export")
        self.assertEqual(found.activity_id, self.case)
        exported = found.export_data(["activity_id/number", "label", "value"])["datas"]
        self.assertEqual(exported, [[self.case.number, "Seriennummer", "4711"]])

    def test_what_is_no_answer(self):
        names = {field: self._name(field) for field in self.form.field_ids}
        good = {names[self.device]: str(self.copier.id)}
        foreign = self._create_field(
            "Anderes", "choice", choices=("x",), action=self._create_action("form")
        )
        rows = [
            ({names[self.device]: str(foreign.choice_ids.id)}, self.device),
            ({names[self.device]: "9" * 30}, self.device),
            ({names[self.device]: "<script>"}, self.device),
            ({names[self.device]: self.upload()}, self.device),  # a file; required
            ({names[self.pages]: "zwölf"}, self.pages),
            ({names[self.pages]: "1e400"}, self.pages),
            ({names[self.date]: "2026-02-30"}, self.date),
            ({names[self.date]: "0001-01-01"}, self.date),
            ({names[self.urgent]: "1", names[self.reason]: "x" * 10001}, self.reason),
        ]
        for values, field in rows:
            with self.subTest(values=values):
                self.assertEqual(list(self.send({**good, **values})), [names[field]])
        for upload in (
            self.upload("../../x.html"),
            self.upload("leer.pdf", b""),
            self.upload("gross.pdf", b"x" * (30 * 2**20)),
        ):
            with self.subTest(upload=upload.filename):
                self.assertEqual(list(self.send(good, files=[upload])), [names[self.photo]])
        self.assertFalse(self.case.form_response_ids)
        response = self.send(
            {**good, names[self.pages]: " 12\x00 ", f"{names[self.extras]}_{self.printer.id}": "1"},
            files=[self.upload("../../plan.pdf")],
        )
        self.assertEqual(self.answers(response)["Seiten im Monat"], "12")
        self.assertFalse(self.answers(response)["Ausstattung"], "a choice of another field")
        self.assertEqual(response.attachment_ids.name, "plan.pdf")

    def test_numbers_and_dates_as_the_reader_writes_them(self):
        self.env["res.lang"]._activate_lang("de_DE")
        german = self.form.with_context(lang="de_DE")
        data = self.typed(device=self.copier, pages="1.234,5", date="28.02.2026")
        answers, errors = german.field_ids._read_answers(data, MultiDict())
        self.assertFalse(errors)
        self.assertEqual((answers[self.pages], answers[self.date]), (1234.5, date(2026, 2, 28)))
        pages = german.field_ids.filtered(lambda field: field == self.pages)
        self.assertEqual(pages._show_answer(1234.5), "1234,5")
        self.assertEqual(list(pages._get_typed(1234.5).values()), ["1234,5"])

    # === HALF-WAY AND AGAIN === #

    def test_half_way_then_finished_then_again(self):
        half = self.send(device=self.printer, half=True, files=[self.upload("a.jpg")])
        self.assertEqual((half.state, half.version, half.is_current), ("half", 1, False))
        self.assertIn(self.form, self.find(), "half a form is not done")
        self.assertFalse(self.case.action_use_ids)
        label = self.form.with_user(self.user.user_ids)._get_label(self.case)
        self.assertEqual(label, "Continue: Gerät beschreiben")
        values = self.form.with_user(self.user.user_ids)._prepare(self.case)
        self.assertEqual(values["typed"], {self._name(self.device): str(self.printer.id)})
        done = self.send(device=self.printer, serial="1", files=[self.upload("b.jpg")])
        self.assertEqual((done, done.state, done.is_current), (half, "done", True))
        self.assertEqual(set(done.attachment_ids.mapped("name")), {"a.jpg", "b.jpg"})
        self.assertNotIn(self.form, self.find(), "not to be repeated")
        self.form.is_repeatable = True
        first = done.attachment_ids.sorted("name")[0]
        again = self.send(
            {
                **self.typed(device=self.copier),
                f"{self._name(self.photo)}_remove_{first.id}": "1",
            }
        )
        self.assertEqual((again.version, again.is_current, done.is_current), (2, True, False))
        self.assertEqual(again.attachment_ids.mapped("name"), ["b.jpg"], "kept as a copy")
        self.assertEqual(len(done.attachment_ids), 2, "the first version stays as it was")
        self.assertEqual(self.answers(done)["Seriennummer"], "1")
        files = self.case.with_user(self.user.user_ids)._get_portal_files()
        self.assertEqual(files, again.attachment_ids, "the page shows the files that count")

    def test_finished_together_on_the_telephone(self):
        self.send(device=self.printer, extras=[self.fax], half=True, files=[self.upload("a.jpg")])
        half = self.case.form_response_ids.with_user(self.officer)
        self.assertIn(self.form, self.case.with_user(self.officer).form_action_ids)
        fill = self.env["kundenportal.form.fill"].with_user(self.officer)
        fill = fill.browse(half.action_finish()["res_id"])
        with self.assertRaisesRegex(UserError, "Seriennummer"):
            fill.action_finish()
        with Form(fill) as form:
            lines = {line.field_id: number for number, line in enumerate(fill.line_ids)}
            with form.line_ids.edit(lines[self.serial]) as line:
                self.assertTrue(line.is_visible)
                line.value_text = "4711"
            with form.line_ids.edit(lines[self.urgent]) as line:
                line.value_tick = True
            with form.line_ids.edit(lines[self.reason]) as line:
                self.assertTrue(line.is_visible, "since the box is ticked")
                line.value_text = "Messe"
        fill.action_finish()
        self.assertEqual(half.state, "done")
        self.assertEqual(
            (half.user_id, half.partner_id), (self.officer, self.user), "who did it for whom"
        )
        answers = self.answers(half)
        self.assertEqual(
            (answers["Seriennummer"], answers["Warum?"], answers["Ausstattung"], answers["Fotos"]),
            ("4711", "Messe", "Fax", "a.jpg"),
        )
        with self.assertRaises(UserError):
            half.action_finish()  # done, and not to be repeated
        close = self._create_action("close")
        fill.sudo().action_id = close
        with self.assertRaises(UserError):
            fill.action_finish()  # no form
        customer = self.user.user_ids
        mine = half.with_user(customer)
        for call in (
            mine.action_finish,
            self.form.with_user(customer)
            .with_context(fill_activity_id=self.case.id)
            .action_fill_in,
            fill.with_user(customer).action_save,
            lambda: mine.write({"state": "half"}),
            lambda: mine.answer_ids.write({"value": "0815"}),
            mine.unlink,
        ):
            with self.assertRaises(AccessError):
                call()

    # === WHO READS === #

    def test_whoever_sees_the_case_sees_its_forms(self):
        response = self.send(device=self.copier, files=[self.upload()])
        for records in (response, response.answer_ids):
            self.assertEqual(self.readable(self.user, records), records)
            self.assertEqual(self.readable(self.main, records), records)
            for contact in (self.user2, self.stranger, self.person):
                self.assertFalse(self.readable(contact, records), contact.name)
        file = response.attachment_ids
        self.assertTrue(file.with_user(self.officer).has_access("read"))
        for contact in (self.user, self.user2):
            self.assertFalse(
                file.with_user(contact.user_ids).has_access("read"), "by the page only"
            )
        self.case.is_confidential = True
        self.assertFalse(self.readable(self.main, response))
        self._let_take_part(self.case, self.user2)
        self.assertEqual(self.readable(self.user2, response), response)
