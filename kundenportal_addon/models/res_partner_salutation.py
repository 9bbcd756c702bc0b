from odoo import api, fields, models

from ..tools.salutation import salutation


class ResPartner(models.Model):
    """How a contact is addressed."""

    _inherit = "res.partner"

    gender_title = fields.Selection(
        [("ms", "Ms"), ("mr", "Mr"), ("none", "None/unknown")],
        string="Title",
        default="none",
        help="Begins letters: Dear Ms …",
    )
    academic_title = fields.Char(
        help="Such as Dr. or Prof. Dr.; a title that is part of the name need not be repeated."
    )
    salutation = fields.Char(
        compute="_compute_salutation",
        help="How letters and mails begin, in the contact's language. The surname is what follows "
        "the first given name; “Meier, Anna Maria” says it more exactly.",
    )

    @api.depends("name", "lang", "gender_title", "academic_title", "form_of_address", "is_company")
    @api.depends_context("lang")
    def _compute_salutation(self):
        for partner in self:
            partner.salutation = salutation(
                partner.name,
                # Mails to a contact without a language are in whichever is current.
                partner.lang or self.env.lang,
                gender=partner.gender_title,
                title=partner.academic_title,
                informal=partner.form_of_address == "informal",
                is_company=partner.is_company,
            )
