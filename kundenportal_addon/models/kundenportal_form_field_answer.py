from odoo import fields, models
from odoo.tools import get_lang

from ..tools import form_values
from ..tools.typed_text import clean
from .kundenportal_form_field import WITH_CHOICES


class KundenportalFormField(models.Model):
    """How answers are read from what a browser sends, shown to people, and kept."""

    _inherit = "kundenportal.form.field"

    # === BUSINESS METHODS: WHAT WAS TYPED === #

    def _read_answers(self, data, files, *, response=None, is_final=True):
        """Read what was typed into a form, as it counts: nothing of fields that are hidden.

        :param dict data: what the browser sent, texts by name
        :param files: uploads by name (``werkzeug.datastructures.MultiDict``)
        :param response: whose files stay unless they were to be removed; may be empty
        :param bool is_final: whether required fields have to be answered
        :return: answers by field, see ``tools/form_values.py``; files are attachments that stay, or
            pairs of a name and the content; and a sentence by name for each that is wrong
        :rtype: tuple[dict, dict]
        """
        answers, codes, sentences = {}, {}, {}
        kept = response._get_files() if response else {}
        for field in self:
            try:
                if field.kind == "file":
                    answers[field], sentence = field._read_files(data, files, kept.get(field))
                    if sentence:
                        codes[field], sentences[field] = "file", sentence
                else:
                    answers[field] = field._read_answer(data)
            except form_values.BadAnswer as error:
                codes[field] = str(error)
        answers, codes = form_values.check(
            [field._get_spec() for field in self], answers, codes, is_final=is_final
        )
        return answers, {
            field._get_input_name(): sentences.get(field) or field._get_sentence(code)
            for field, code in codes.items()
        }

    def _get_spec(self):
        """Return the field as ``tools/form_values.py`` knows it."""
        return form_values.Field(
            self,
            self.kind,
            self.is_required,
            frozenset(self.choice_ids.ids),
            self.visible_field_id or None,
            frozenset(self.visible_choice_ids.ids),
        )

    def _read_answer(self, data):
        """Return the answer to a field that takes no files.

        :raise BadAnswer: if it is none
        """
        name = self._get_input_name()
        typed = clean(data.get(name))
        if self.kind == "tick":
            return bool(typed)
        if self.kind == "several":
            return tuple(
                choice.id for choice in self.choice_ids if clean(data.get(f"{name}_{choice.id}"))
            )
        if self.kind == "choice":
            if typed and not (typed.isdecimal() and typed.isascii() and len(typed) < 10):
                raise form_values.BadAnswer("choice")
            return int(typed) if typed else None
        lang = get_lang(self.env)
        return form_values.parse(
            self.kind,
            typed,
            point=lang.decimal_point,
            separator=lang.thousands_sep or "",
            patterns=[lang.date_format],
        )

    def _read_files(self, data, files, kept):
        """Return the files of a field: those that stay and those that came.

        :return: attachments and pairs, and a sentence if something is wrong
        :rtype: tuple[list, str | None]
        """
        name = self._get_input_name()
        stay = [file for file in kept or () if not clean(data.get(f"{name}_remove_{file.id}"))]
        uploads = [upload for upload in files.getlist(name) if upload.filename]
        came, sentence = self.env["kundenportal.activity"]._read_uploads(uploads, len(stay))
        return [*stay, *came], sentence

    def _get_sentence(self, code):
        """Return what to tell somebody whose answer is wrong.

        :param str code: see ``form_values.check``
        """
        return {
            "missing": self.env._("Please tick this box.")
            if self.kind == "tick"
            else self.env._("Please fill in this field."),
            "length": self.env._(
                "Please enter at most %s characters.", form_values.LENGTHS.get(self.kind, 0)
            ),
            "number": self.env._("Please enter a number."),
            "date": self.env._("Please enter a date such as 2026-12-31."),
            "choice": self.env._("Please choose one of the list."),
        }[code]

    # === BUSINESS METHODS: ANSWERS === #

    def _show_answer(self, answer):
        """Return an answer as people read it, in the acting user's language.

        :param answer: see ``tools/form_values.py``; of files, names
        :rtype: str
        """
        if self.kind == "tick":
            return self.env._("Yes") if answer else self.env._("No")
        if not form_values.is_answered(answer):
            return ""
        if self.kind == "number":
            return form_values.show_number(answer, get_lang(self.env).decimal_point)
        if self.kind == "date":
            return answer.strftime(get_lang(self.env).date_format)
        if self.kind in WITH_CHOICES:
            chosen = answer if self.kind == "several" else (answer,)
            return ", ".join(self.choice_ids.filtered(lambda c: c.id in chosen).mapped("name"))
        return ", ".join(answer) if self.kind == "file" else answer

    def _get_raw(self, answer):
        """Return an answer as it is kept; of files nothing, they are kept themselves."""
        if self.kind == "file":
            return None
        return fields.Date.to_string(answer) if self.kind == "date" else answer

    def _get_typed(self, raw):
        """Return what one would have to type for an answer that was kept.

        :param raw: as `_get_raw` returned it, when the field may have been of another kind
        :return: texts by name
        :rtype: dict
        """
        name = self._get_input_name()
        if self.kind == "several":
            chosen = raw if isinstance(raw, list) else []
            return {f"{name}_{choice}": "1" for choice in chosen if isinstance(choice, int)}
        if self.kind == "tick":
            return {name: "1"} if raw is True else {}
        if self.kind == "number":
            is_number = isinstance(raw, (int, float)) and not isinstance(raw, bool)
            point = get_lang(self.env).decimal_point
            return {name: form_values.show_number(raw, point)} if is_number else {}
        if self.kind == "choice":
            return {name: str(raw)} if isinstance(raw, int) and not isinstance(raw, bool) else {}
        return {name: raw} if isinstance(raw, str) and self.kind != "file" else {}
