from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize, format_date
from odoo.tools.sql import escape_psql

from odoo.addons.base.models.res_partner import _lang_get

from ..tools import matching

#: state → states that lead to it; whatever is not here cannot happen.
TRANSITIONS = {
    "open": ("unverified",),
    "approved": ("open",),
    "declined": ("open",),
}

#: What staff may edit by hand; the rest is the applicant's word, or changes with the state.
EDITABLE_FIELDS = {"internal_note"}


class KundenportalRegistration(models.Model):
    """Somebody who asks for access; staff decide once the e-mail address is verified."""

    _name = "kundenportal.registration"
    _description = "Registration"
    _inherit = ["kundenportal.inbox.mixin"]
    _order = "id desc"
    _inbox_undecided_states = ("open",)
    _inbox_decided_states = ("approved", "declined")
    # How many contacts a trait brings at most, and all together.
    _match_limit = 20

    name = fields.Char(required=True, readonly=True)
    company_name = fields.Char(string="Company of the Applicant", readonly=True)
    email = fields.Char(string="E-mail", required=True, readonly=True)
    phone = fields.Char(string="Telephone", readonly=True)
    vat = fields.Char(string="VAT Number", readonly=True)
    note = fields.Text(string="Message", readonly=True)
    lang = fields.Selection(_lang_get, string="Language", readonly=True)
    company_id = fields.Many2one(
        "res.company",
        string="Our Company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    email_normalized = fields.Char(compute="_compute_email_normalized", store=True)
    phone_e164 = fields.Char(compute="_compute_phone_e164", store=True)
    state = fields.Selection(
        [
            ("unverified", "E-mail not verified"),
            ("open", "To decide"),
            ("approved", "Approved"),
            ("declined", "Declined"),
        ],
        required=True,
        readonly=True,
        default="unverified",
        copy=False,
        index=True,
    )
    form_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Digest of the one-time key of the form: sent twice, it gives the first result.",
    )
    is_known_login = fields.Boolean(
        string="Had Access Already",
        readonly=True,
        help="The address belongs to a login; it was told so by mail, and nothing else happens.",
    )
    verified_on = fields.Datetime(string="E-mail Verified on", readonly=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The contact that was given access.",
    )
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, copy=False, ondelete="set null"
    )
    decided_on = fields.Datetime(readonly=True, copy=False)
    decline_reason = fields.Text(readonly=True, copy=False)
    internal_note = fields.Text(help="For the staff; the applicant never sees it.")
    match_ids = fields.Many2many(
        "res.partner",
        string="Likely Matches",
        compute="_compute_match_ids",
        help="Contacts that share the e-mail address, telephone number, company name, VAT number "
        "or e-mail domain with the applicant. Domains of mail providers do not count.",
    )

    _form_key_unique = models.UniqueIndex("(form_key)")
    # At most one mail goes to an address that nobody has verified, whatever is submitted where.
    _unverified_unique = models.UniqueIndex("(email_normalized) WHERE state = 'unverified'")
    _undecided_unique = models.UniqueIndex(
        "(email_normalized, company_id) WHERE state IN ('unverified', 'open')"
    )

    # === COMPUTE METHODS === #

    @api.depends("email")
    def _compute_email_normalized(self):
        for registration in self:
            registration.email_normalized = email_normalize(registration.email)

    @api.depends("phone", "company_id")
    def _compute_phone_e164(self):
        for registration in self:
            partners = self.env["res.partner"].with_company(registration.company_id)
            registration.phone_e164 = partners._parse_portal_number(registration.phone)

    @api.depends("name", "company_name")
    def _compute_display_name(self):
        for registration in self:
            parts = filter(None, (registration.name, registration.company_name))
            registration.display_name = ", ".join(parts)

    def _compute_match_ids(self):
        for registration in self:
            registration.match_ids = self.env["res.partner"].browse(registration._find_matches())

    # === CRUD METHODS === #

    def write(self, vals):
        """Keep what the applicant said and what was decided; both change by methods only.

        :raise UserError: for other fields, unless as superuser
        """
        if not self.env.su and not vals.keys() <= EDITABLE_FIELDS:
            raise UserError(self.env._("A registration changes only by approving or declining it."))
        return super().write(vals)

    def web_read(self, specification):
        """Tell the likely matches whose they are; the client knows it only after it has read.

        :param dict specification: as in Odoo
        :return: what Odoo returns
        :raise AccessError: unless the acting user may read the registrations
        """
        self.check_access("read")
        if len(self) == 1 and "match_ids" in specification:
            matches = dict(specification["match_ids"])
            matches["context"] = {**matches.get("context", {}), "registration_id": self.id}
            specification = {**specification, "match_ids": matches}
        return super().web_read(specification)

    def unlink(self):
        self.env["kundenportal.link"]._revoke("registration", self)
        self.env["kundenportal.protocol"]._close_for(self, self.env._("Registration deleted"))
        return super().unlink()

    # === ACTION METHODS === #

    def action_approve(self):
        """Ask who the applicant is, and which level it gets.

        :return: an action
        :rtype: dict
        """
        return self._open_wizard("kundenportal_addon.kundenportal_registration_approve_action")

    def action_decline(self):
        """Ask for the reason, which the applicant is told.

        :return: an action
        :rtype: dict
        """
        return self._open_wizard("kundenportal_addon.kundenportal_registration_decline_action")

    def _open_wizard(self, xmlid):
        self.ensure_one()
        self._check_transition("approved")
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return {**action, "context": {"default_registration_id": self.id}}

    # === BUSINESS METHODS: STATE === #

    def _update_state(self, target, values=None):
        """Bring the registration into another state; of two at once, the second is told.

        :param str target: the new state
        :param dict values: what else is known with it
        :raise AccessError: unless the acting user may write the registration
        :raise UserError: if its present state does not lead there, naming who decided and when
        """
        self.ensure_one()
        self.check_access("write")
        # The second one waits here. PostgreSQL then refuses its outdated snapshot, Odoo starts the
        # request anew, and it sees what the first did.
        self.env.cr.execute(
            SQL("SELECT FROM kundenportal_registration WHERE id = %s FOR NO KEY UPDATE", self.id),
            log_exceptions=False,
        )
        self.invalidate_recordset(["state", "decided_by_id", "decided_on"])
        self._check_transition(target)
        # See `write`; the right to do so was checked above.
        self.sudo().write({**(values or {}), "state": target})

    def _check_transition(self, target):
        """Refuse what does not follow from the present state.

        :raise UserError: with the sentence for the staff
        """
        if not self.exists():
            raise UserError(self.env._("This registration has been deleted."))
        if self.state in TRANSITIONS[target]:
            return
        if self.state == "unverified":
            raise UserError(self.env._("The applicant has not verified the e-mail address yet."))
        names = {
            "name": self.decided_by_id.sudo().name  # only the name, which every officer may know
            or self.env._("somebody whose login was deleted"),
            "date": format_date(self.env, self.decided_on),
        }
        if self.state == "approved":
            sentence = self.env._("%(name)s approved this registration on %(date)s.", **names)
        elif self.state == "declined":
            sentence = self.env._("%(name)s declined this registration on %(date)s.", **names)
        else:
            sentence = self.env._("The e-mail address is verified already.")
        raise UserError(sentence)

    # === BUSINESS METHODS: MATCHES === #

    def _find_matches(self):
        """Find the contacts that the applicant may be, or may belong to, by one query per trait.

        :return: per contact id the reasons, those with most and strongest reasons first
        :rtype: dict[int, list[str]]
        """
        self.ensure_one()
        found = {}
        for reason, domain in self._prepare_match_domains():
            for partner in self.env["res.partner"].search(domain, limit=self._match_limit):
                found.setdefault(partner.id, []).append(reason)
        ranked = sorted(found, key=lambda partner_id: -len(found[partner_id]))
        return {partner_id: found[partner_id] for partner_id in ranked[: self._match_limit]}

    def _prepare_match_domains(self):
        """Return the traits that a contact may share with the applicant, strongest first.

        :rtype: list[tuple[str, list]]
        """
        traits = []
        everybody = [("partner_share", "=", True)]
        if self.email_normalized:
            same = [("email_normalized", "=", self.email_normalized)]
            traits.append((self.env._("same e-mail address"), everybody + same))
        if self.phone_e164:
            number = self.phone_e164
            same = ["|", ("phone_e164", "=", number), ("mobile_e164", "=", number)]
            traits.append((self.env._("same telephone number"), everybody + same))
        if vat := matching.vat_key(self.vat):
            spellings = [vat, f"{vat[:2]} {vat[2:]}", self.vat.strip()]
            same = [("vat", "in", spellings), ("parent_id", "=", False)]
            traits.append((self.env._("same VAT number"), everybody + same))
        if names := matching.company_keys(self.company_name):
            # "Nordwind Logistik" is also meant by "Nordwind Logistik Bremen", and the reverse.
            longer = f"{names[0]} %"
            same = ["|", ("match_name", "in", names), ("match_name", "=like", longer)]
            traits.append((self.env._("similar company name"), everybody + same))
        if domain := matching.company_domain(self.email_normalized):
            pattern = "%@" + escape_psql(domain)
            same = [("email_normalized", "=like", pattern)]
            traits.append((self.env._("same e-mail domain"), everybody + same))
        return traits
