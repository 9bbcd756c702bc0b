"""What tests of forms share: a form with every kind of field."""

from io import BytesIO

from werkzeug.datastructures import FileStorage

from odoo.fields import Command

from .action_common import ActionCase


class FormFixture:
    """Mixin beside ``ActivityFixture``: a case of the user with a form."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.form = cls._create_action("form", name="Gerät beschreiben")
        cls.device = cls._create_field(
            "Gerät", "choice", is_required=True, choices=("Drucker", "Kopierer")
        )
        cls.printer, cls.copier = cls.device.choice_ids
        cls.serial = cls._create_field(
            "Seriennummer",
            is_required=True,
            visible_field_id=cls.device.id,
            visible_choice_ids=[Command.link(cls.printer.id)],
        )
        cls.pages = cls._create_field("Seiten im Monat", "number")
        cls.date = cls._create_field("Kaufdatum", "date")
        cls.extras = cls._create_field("Ausstattung", "several", choices=("Duplex", "Fax"))
        cls.duplex, cls.fax = cls.extras.choice_ids
        cls.urgent = cls._create_field("Dringend", "tick")
        cls.reason = cls._create_field("Warum?", "long", visible_field_id=cls.urgent.id)
        cls.photo = cls._create_field("Fotos", "file")
        cls.case = cls._create_case(cls.user)
        return result

    @classmethod
    def _create_field(cls, name, kind="text", choices=(), action=None, **values):
        return cls.env["kundenportal.form.field"].create(
            {
                "name": name,
                "kind": kind,
                "action_id": (action or cls.form).id,
                "sequence": len((action or cls.form).field_ids),
                "choice_ids": [Command.create({"name": choice}) for choice in choices],
                **values,
            }
        )

    @classmethod
    def _name(cls, field, choice=None):
        """Return the name of a field's input, or of one of its boxes."""
        return f"field_{field.id}_{choice.id}" if choice else f"field_{field.id}"

    def typed(self, *, device=None, **values):
        """Return what a browser would send: by attribute of the fixture, boxes as records."""
        data = {self._name(self.device): str(device.id) if device else ""}
        for name, value in values.items():
            field = getattr(self, name)
            if field.kind == "several":
                data.update({self._name(field, choice): "1" for choice in value})
            else:
                data[self._name(field)] = value
        return data

    @staticmethod
    def upload(name="foto.jpg", content=b"JPEG"):
        return FileStorage(BytesIO(content), filename=name)


class FormCase(FormFixture, ActionCase):
    """Base: the form, filled in by models."""

    def send(self, typed=None, files=(), contact=None, half=False, **values):
        """Fill the form in as a contact's page would.

        :return: the response, or the sentences by name
        """
        data = typed if typed is not None else self.typed(**values)
        uploads = [(self._name(self.photo), upload) for upload in files]
        outcome = self.submit(
            self.form, contact, files=uploads, save="half" if half else "done", **data
        )
        return outcome.errors or outcome.record

    def answers(self, response):
        """Return what staff read: label → answer."""
        return {answer.label: answer.value for answer in response.answer_ids}
