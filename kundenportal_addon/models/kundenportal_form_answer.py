from odoo import fields, models

from .kundenportal_form_field import KINDS


class KundenportalFormAnswer(models.Model):
    """What was answered to one field of a form, with label and kind as they were shown then."""

    _name = "kundenportal.form.answer"
    _description = "Answer in a Form"
    _order = "response_id desc, sequence, id"
    _rec_name = "label"

    response_id = fields.Many2one(
        "kundenportal.form.response",
        string="Form",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    field_id = fields.Many2one(
        "kundenportal.form.field",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    sequence = fields.Integer(readonly=True)
    label = fields.Char(readonly=True, required=True)
    kind = fields.Selection(KINDS, readonly=True, required=True)
    value = fields.Text(string="What Was Answered", readonly=True, index="trigram")
    value_number = fields.Float(
        string="As a Number", digits=(16, 6), readonly=True, aggregator="avg"
    )
    value_date = fields.Date(string="As a Date", readonly=True)
    raw = fields.Json(readonly=True)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "kundenportal_form_answer_attachment_rel",
        "answer_id",
        "attachment_id",
        string="Files",
        readonly=True,
        bypass_search_access=True,
    )
    # For lists and exports: what the answer belongs to.
    activity_id = fields.Many2one(
        related="response_id.activity_id", string="Case", store=True, index=True
    )
    response_name = fields.Char(related="response_id.name", string="Name of the Form")
    version = fields.Integer(related="response_id.version")
    state = fields.Selection(related="response_id.state", string="Status")
    is_current = fields.Boolean(related="response_id.is_current", store=True)
    partner_id = fields.Many2one(related="response_id.partner_id", string="Customer")
    commercial_partner_id = fields.Many2one(
        related="response_id.commercial_partner_id", string="Company of the Customer"
    )
    answered_on = fields.Datetime(related="response_id.answered_on", store=True)
