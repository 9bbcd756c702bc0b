import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.typed_text import clean
from .kundenportal_action import Outcome


class KundenportalActivity(models.Model):
    """A proposal that the customer is to confirm; it reads it, so nothing in it is secret."""

    _inherit = "kundenportal.activity"

    proposal = fields.Text(
        tracking=True,
        copy=False,
        help="What the customer is asked to confirm or decline, such as a date or a price; needs "
        "a portal action of that kind. Another text asks again.",
    )
    proposal_state = fields.Selection(
        [("open", "To confirm"), ("confirmed", "Confirmed"), ("declined", "Declined")],
        string="Answer to the Proposal",
        compute="_compute_proposal_state",
        store=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    @api.depends("proposal")
    def _compute_proposal_state(self):
        for case in self:
            case.proposal_state = "open" if (case.proposal or "").strip() else False

    def _get_proposal_digest(self):
        """Return what tells one proposal from another, for the form that shows it."""
        self.ensure_one()
        return hashlib.sha256((self.proposal or "").encode()).hexdigest()[:16]


class KundenportalActionConfirm(models.AbstractModel):
    """Confirm a proposal, or decline it and say why."""

    _name = "kundenportal.action.confirm"
    _inherit = "kundenportal.action"
    _description = "Customer Action: Confirm a Proposal"

    _template = "kundenportal_addon.portal_action_confirm"
    _is_to_do = True
    _is_repeatable = True  # each proposal is answered once

    @api.model
    def _get_refusal(self, action, case):
        if case.proposal_state == "open":
            return ""
        if case.proposal_state:
            return self.env._("This has been answered already.")
        return self.env._("There is nothing to confirm at the moment.")

    @api.model
    def _get_to_do_domain(self, action):
        return Domain("proposal_state", "=", "open")

    @api.model
    def _prepare(self, action, case):
        return {"proposal": case.proposal, "digest": case._get_proposal_digest()}

    @api.model
    def _submit(self, action, case, data, files):
        if clean(data.get("digest")) != case._get_proposal_digest():
            raise UserError(
                self.env._("The proposal has been changed meanwhile. Please read it again.")
            )
        is_declined = clean(data.get("answer")) == "decline"
        text, errors = self._read_text(data, is_required=is_declined)
        if errors:
            return Outcome(errors=errors)
        answer = self.env._("Declined.") if is_declined else self.env._("Confirmed.")
        case.proposal_state = "declined" if is_declined else "confirmed"
        case._post_by_customer("\n\n".join(filter(None, (answer, case.proposal, text))))
        self._go_on(case)
        return Outcome(case)
