"""What tests of cases share: types of cases, and cases of the customers."""

from odoo.fields import Command


class ActivityFixture:
    """Mixin for test cases with the portal's fixture: everybody has the function ``activities``."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.company.portal_default_function_ids |= cls.functions["activities"]
        # The types that the product brings are its own business.
        cls.env["kundenportal.activity.type"].search([]).write(
            {"customers_may_create": False, "is_problem_report": False}
        )
        cls.ticket_type = cls._create_type("Störung", is_problem_report=True, sequence=1)
        return result

    @classmethod
    def _create_type(cls, name, **values):
        return cls.env["kundenportal.activity.type"].create({"name": name, **values})

    @classmethod
    def _create_case(cls, partner, name="Drucker druckt nicht", case_type=None, **values):
        """Open a case as staff do."""
        return cls.env["kundenportal.activity"].create(
            {
                "name": name,
                "type_id": (case_type or cls.ticket_type).id,
                "partner_id": partner.id,
                **values,
            }
        )

    @classmethod
    def _create_action(cls, code="comment", case_type=None, **values):
        """Let customers do something with the cases of a type; with an empty one, on the home."""
        case_type = cls.ticket_type if case_type is None else case_type
        return cls.env["kundenportal.activity.action"].create(
            {
                "name": "Aktion",
                "code": code,
                "type_id": case_type.id,
                **values,
            }
        )

    @classmethod
    def _let_take_part(cls, case, *partners):
        """Let colleagues of the customer see a case."""
        case.participant_ids = [Command.link(partner.id) for partner in partners]
