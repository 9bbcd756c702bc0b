from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ..tools import form_values
from ..tools.typed_text import clean

KINDS = [
    ("text", "Text"),
    ("long", "Long text"),
    ("number", "Number"),
    ("date", "Date"),
    ("choice", "Choice of one"),
    ("several", "Choice of several"),
    ("tick", "Tick"),
    ("file", "Files"),
]
WITH_CHOICES = ("choice", "several")

#: Kinds of fields that others can depend on.
SWITCHES = ("choice", "several", "tick")


class KundenportalFormField(models.Model):
    """A field of a form: of an action that customers fill in, or of what opens a new case.

    Odoo's properties know neither required fields nor files, take any text for a number, and can be
    redefined by what a browser sends; hence fields of our own. How answers are read, shown and kept
    is in ``…_field_answer.py``, on top of ``tools/form_values.py``.
    """

    _name = "kundenportal.form.field"
    _description = "Field of a Form"
    _order = "sequence, id"

    action_id = fields.Many2one(
        "kundenportal.activity.action", string="Portal Action", index=True, ondelete="cascade"
    )
    type_id = fields.Many2one(
        "kundenportal.activity.type",
        string="Case Type",
        index=True,
        ondelete="cascade",
        help="Type whose new cases are opened with the field.",
    )
    name = fields.Char(string="Label", required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default="text")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_required = fields.Boolean(string="Required")
    hint = fields.Char(string="Help", translate=True, help="Shown below the field.")
    choice_ids = fields.One2many(
        "kundenportal.form.choice", "field_id", string="Choices", copy=True
    )
    visible_field_id = fields.Many2one(
        "kundenportal.form.field",
        string="Visible If",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="The field is there only if this one is answered, or answered so.",
    )
    visible_choice_ids = fields.Many2many(
        "kundenportal.form.choice",
        "kundenportal_form_field_visible_rel",
        "field_id",
        "choice_id",
        string="Is",
        domain="[('field_id', '=', visible_field_id)]",
        copy=False,
        help="One of these has to be chosen there; empty: anything.",
    )

    _one_owner = models.Constraint(
        "CHECK ((action_id IS NULL) != (type_id IS NULL))",
        "A field belongs to a portal action or to a case type.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("kind", "choice_ids")
    def _check_choices(self):
        for field in self:
            if field.kind in WITH_CHOICES and not field.choice_ids:
                raise ValidationError(self.env._("“%s” needs something to choose.", field.name))

    @api.constrains(
        "visible_field_id", "visible_choice_ids", "action_id", "type_id", "kind", "active"
    )
    def _check_visible(self):
        """Refuse conditions that can never hold, or that look at another form.

        :raise ValidationError: naming the field
        """
        for field in self | self.search([("visible_field_id", "in", self.ids)]):
            other = field.visible_field_id
            if not other:
                continue
            if (other.action_id, other.type_id) != (field.action_id, field.type_id):
                raise ValidationError(
                    self.env._("“%s” depends on a field of another form.", field.name)
                )
            if field.active and not other.active:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” depends on “%(other)s”.", field=field.name, other=other.name
                    )
                )
            if other.kind not in SWITCHES:
                raise ValidationError(
                    self.env._("“%s” can depend on choices and ticks only.", field.name)
                )
            if field.visible_choice_ids - other.choice_ids:
                raise ValidationError(
                    self.env._("“%s” depends on a choice of another field.", field.name)
                )
        if self._has_cycle("visible_field_id"):
            raise ValidationError(self.env._("Fields cannot depend on themselves."))

    # === BUSINESS METHODS: COPIES === #

    def _copy_conditions_to(self, copies):
        """Let the fields of a form's copy depend on each other as those of the form do.

        :param copies: the fields that were made of these, in the same order of ids
        """
        originals = self.sorted("id")
        fields_by_original = dict(zip(originals, copies.sorted("id"), strict=True))
        choices = {
            choice: chosen
            for original, copied in fields_by_original.items()
            for choice, chosen in zip(
                original.choice_ids.sorted("id"), copied.choice_ids.sorted("id"), strict=True
            )
        }
        for original in originals.filtered("visible_field_id"):
            fields_by_original[original].write(
                {
                    "visible_field_id": fields_by_original[original.visible_field_id].id,
                    "visible_choice_ids": [
                        Command.link(choices[choice].id) for choice in original.visible_choice_ids
                    ],
                }
            )

    # === BUSINESS METHODS: WHAT THE FORM SHOWS === #

    def _get_input_name(self):
        """Return the name of the field in what a browser sends.

        :rtype: str
        """
        self.ensure_one()
        return f"field_{self.id}"

    def _prepare_portal(self, typed, errors, response=None):
        """Return the fields as the template ``portal_form_fields`` shows them.

        :param dict typed: texts by name, as `_read_answers` would read them
        :param dict errors: sentences by name
        :param response: whose files are offered to be kept; may be empty
        :rtype: list[dict]
        """
        files = response._get_files() if response else {}
        return [
            {
                "id": field.id,
                "name": field._get_input_name(),
                "kind": field.kind,
                "label": field.name,
                "hint": field.hint or "",
                "is_required": field.is_required,
                "length": form_values.LENGTHS.get(field.kind),
                "typed": clean(typed.get(field._get_input_name())),
                "error": errors.get(field._get_input_name(), ""),
                "choices": field._prepare_choices(typed),
                "files": field._prepare_files(files.get(field), typed),
                "visible": field._prepare_visible(),
            }
            for field in self
        ]

    def _prepare_choices(self, typed):
        """Return what can be chosen; of several, each is an input of its own."""
        name = self._get_input_name()
        return [
            {
                "id": choice.id,
                "label": choice.name,
                "name": f"{name}_{choice.id}",
                "is_chosen": bool(typed.get(f"{name}_{choice.id}"))
                if self.kind == "several"
                else clean(typed.get(name)) == str(choice.id),
            }
            for choice in self.choice_ids
        ]

    def _prepare_files(self, attachments, typed):
        """Return the files that are there already, and whether they were to be removed."""
        name = self._get_input_name()
        return [
            {
                "id": file.id,
                "label": file.name,
                "name": f"{name}_remove_{file.id}",
                "is_removed": bool(typed.get(f"{name}_remove_{file.id}")),
            }
            for file in attachments or ()
        ]

    def _prepare_visible(self):
        """Return on what the field depends, for the script and for those who have none.

        :return: ``name`` of the other field, ``values`` that it must have, ``text``; or None
        :rtype: dict | None
        """
        other, choices = self.visible_field_id, self.visible_choice_ids
        if not other:
            return None
        label = ", ".join(choices.mapped("name"))
        return {
            "name": other._get_input_name(),
            "values": ",".join(map(str, choices.ids)),
            "text": f"{other.name}: {label}" if label else other.name,
        }
