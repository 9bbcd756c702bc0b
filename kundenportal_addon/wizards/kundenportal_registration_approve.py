from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..const import PORTAL_LEVELS
from ..tools import matching


class KundenportalRegistrationApprove(models.TransientModel):
    """Asks who the applicant is: whoever it becomes, it sees what that contact may see."""

    _name = "kundenportal.registration.approve"
    _description = "Approval of a Registration"

    registration_id = fields.Many2one(
        "kundenportal.registration", readonly=True, ondelete="cascade"
    )
    # Not as superuser: remote calls can make a wizard for any record.
    email = fields.Char(related="registration_id.email", related_sudo=False)
    company_name = fields.Char(related="registration_id.company_name", related_sudo=False)
    match_ids = fields.Many2many(related="registration_id.match_ids", related_sudo=False)
    approve_as = fields.Selection(
        [
            ("contact", "A contact that we know"),
            ("company", "A new contact of a company that we know"),
            ("new_company", "A new company with its contact"),
            ("person", "A private person"),
        ],
        string="The Applicant Is",
        compute="_compute_approve_as",
        store=True,
        readonly=False,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        domain=[("type", "=", "contact"), ("partner_share", "=", True)],
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    parent_id = fields.Many2one(
        "res.partner",
        string="Company",
        domain=[("is_company", "=", True), ("partner_share", "=", True)],
        compute="_compute_parent_id",
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    level = fields.Selection(
        PORTAL_LEVELS,
        string="Access as",
        compute="_compute_level",
        store=True,
        readonly=False,
        help="Main user: sees everything of the company. User: sees only its own.",
    )
    partner_email = fields.Char(
        related="partner_id.email", related_sudo=False, string="Known Address"
    )
    partner_access = fields.Selection(
        related="partner_id.portal_access", related_sudo=False, string="Present Access"
    )
    is_other_email = fields.Boolean(compute="_compute_is_other_email")
    use_email = fields.Boolean(
        string="Use the Registered Address",
        help="The verified address replaces the one that the contact has, and gets the invitation.",
    )
    duplicate_ids = fields.Many2many(
        "res.partner",
        "kundenportal_approve_duplicate_rel",
        string="Known Already",
        compute="_compute_duplicate_ids",
    )
    is_duplicate_meant = fields.Boolean(
        string="Create It Nevertheless", help="It is somebody else of the same name or address."
    )

    # === COMPUTE METHODS === #

    @api.depends("registration_id")
    def _compute_approve_as(self):
        for wizard in self:
            if wizard._find_same_address():
                wizard.approve_as = "contact"
            elif wizard._find_same_company():
                wizard.approve_as = "company"
            else:
                is_company = wizard.registration_id.company_name
                wizard.approve_as = "new_company" if is_company else "person"

    @api.depends("registration_id")
    def _compute_partner_id(self):
        for wizard in self:
            same = wizard._find_same_address()
            wizard.partner_id = same if len(same) == 1 else False

    @api.depends("registration_id")
    def _compute_parent_id(self):
        for wizard in self:
            same = wizard._find_same_company()
            wizard.parent_id = same if len(same) == 1 else False

    @api.depends("approve_as", "partner_id")
    def _compute_level(self):
        """Propose the lower level, except for who is alone in its company."""
        for wizard in self:
            access = wizard.partner_id.portal_access if wizard.approve_as == "contact" else "none"
            if access and access != "none":
                wizard.level = access
            else:
                is_alone = wizard.approve_as in ("new_company", "person")
                wizard.level = "main_user" if is_alone else "user"

    @api.depends("registration_id", "partner_id", "approve_as")
    def _compute_is_other_email(self):
        for wizard in self:
            known = email_normalize(wizard.partner_id.email)
            wizard.is_other_email = (
                wizard.approve_as == "contact"
                and bool(wizard.partner_id)
                and known != wizard.registration_id.email_normalized
            )

    @api.depends("registration_id", "approve_as", "parent_id")
    def _compute_duplicate_ids(self):
        for wizard in self:
            known = wizard._find_same_address()
            if wizard.approve_as == "new_company":
                known |= wizard._find_same_company()
            elif wizard.approve_as == "company":
                known = known.filtered(
                    lambda partner, company=wizard.parent_id: (
                        partner.commercial_partner_id == company.commercial_partner_id
                    )
                )
            elif wizard.approve_as != "person":
                known = known.browse()
            wizard.duplicate_ids = known

    def _find_same_address(self):
        email = self.registration_id.email_normalized
        if not email:
            return self.env["res.partner"]
        return self.env["res.partner"].search(
            [
                ("email_normalized", "=", email),
                ("type", "=", "contact"),
                ("is_company", "=", False),
                ("partner_share", "=", True),
            ],
            limit=10,
        )

    def _find_same_company(self):
        name = matching.company_key(self.registration_id.company_name)
        if not name:
            # Who names no company, but matches contacts of a single one, is likely to be of it.
            firms = self.registration_id._origin.match_ids.commercial_partner_id
            return firms if len(firms) == 1 and firms.is_company else firms.browse()
        return self.env["res.partner"].search(
            [("match_name", "=", name), ("partner_share", "=", True)], limit=10
        )

    # === ACTION METHODS === #

    def action_confirm(self):
        """Approve the registration as chosen, and invite the contact.

        :return: the action that closes the dialog
        :rtype: dict
        :raise UserError: if something is missing, known already, or has been decided meanwhile
        """
        self.ensure_one()
        self.check_access("write")
        registration = self.registration_id
        if not registration:
            raise UserError(self.env._("This registration has been deleted."))
        registration._check_transition("approved")
        self._check_choice()
        if self.approve_as == "contact":
            registration._approve(self.level, self.partner_id, use_email=self.use_email)
        else:
            values = {"new_company": self.approve_as == "new_company"}
            if self.approve_as == "company":
                values["parent_id"] = self.parent_id.id
            registration._approve(self.level, values=values)
        return {"type": "ir.actions.act_window_close"}

    def _check_choice(self):
        """Refuse what is incomplete, and what would make a contact twice.

        :raise UserError: with a sentence for the staff
        """
        if not self.level:
            raise UserError(self.env._("Please choose the level of access."))
        if self.approve_as == "contact" and not self.partner_id:
            raise UserError(self.env._("Please choose the contact."))
        if self.approve_as == "company" and not self.parent_id:
            raise UserError(self.env._("Please choose the company."))
        if self.duplicate_ids and not self.is_duplicate_meant:
            names = ", ".join(self.duplicate_ids.mapped("display_name"))
            raise UserError(
                self.env._(
                    "There is already: %s. Choose it, or tick that it is somebody else.", names
                )
            )
