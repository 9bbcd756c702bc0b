from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class KundenportalRegistration(models.Model):
    """What staff decide, and what follows from it."""

    _inherit = "kundenportal.registration"

    def _approve(self, level, partner=None, *, values=None, use_email=False):
        """Give the applicant access, as a contact that exists or as a new one.

        :param str level: ``"user"`` or ``"main_user"``
        :param partner: the contact that the applicant is
        :param dict values: of the new contact, where there is none; see `_create_contact`
        :param bool use_email: whether the verified address replaces another one of the contact
        :return: the contact
        :raise UserError: if it has been decided already, or if access cannot be given
        """
        self._update_state("approved")
        partner = partner or self._create_contact(values or {})
        self._settle_address(partner, use_email)
        self._grant(partner, level)
        self._record_decision("registration_approved", partner, {"partner_id": partner.id})
        return partner

    def _decline(self, reason):
        """Refuse access and tell the applicant why.

        :param str reason: for the applicant to read
        :raise UserError: without a reason, or if it has been decided already
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please enter the reason; the applicant is told it."))
        self._update_state("declined")
        self._record_decision("registration_declined", None, {"decline_reason": reason})
        self._send_mail("mail_template_registration_declined")

    def _record_decision(self, kind, partner, values):
        """Keep who decided what and when, and close what waited for it."""
        # Staff may not write these by hand; `_update_state` has checked that this user may decide.
        self.sudo().write(
            {**values, "decided_by_id": self.env.uid, "decided_on": fields.Datetime.now()}
        )
        labels = dict(self._fields["state"]._description_selection(self.env))
        self.env["kundenportal.protocol"]._close_for(self, labels[self.state])
        self.env["kundenportal.protocol"]._log(
            kind, partner, note=self.decline_reason or self.display_name, record=self
        )

    def _create_contact(self, values):
        """Create the applicant's contact.

        :param dict values: ``parent_id`` for a contact of a company that exists, or
            ``new_company`` for one whose company is to be created as well
        :return: the contact
        """
        partners = self.env["res.partner"]
        parent = partners.browse(values.get("parent_id"))
        if values.get("new_company"):
            parent = partners.create(
                {
                    "name": self.company_name or self.name,
                    "is_company": True,
                    "vat": self.vat,
                    "lang": self.lang,
                }
            )
        return partners.create(
            {
                "name": self.name,
                "email": self.email,
                "phone": self.phone,
                "lang": self.lang,
                "parent_id": parent.id,
                "type": "contact",
            }
        )

    def _settle_address(self, partner, use_email):
        """Make sure that the invitation goes to the address that was verified, to no other.

        :raise UserError: if the contact has another address that is not to be replaced
        """
        known = email_normalize(partner.email)
        if known != self.email_normalized:
            if partner.portal_access != "none":
                raise UserError(
                    self.env._(
                        "%(name)s has access already, with the address %(known)s. Change the "
                        "address on the contact first, if it is the same person.",
                        name=partner.name,
                        known=partner.email,
                    )
                )
            if not use_email:
                raise UserError(
                    self.env._(
                        "%(name)s has another e-mail address than the applicant. Choose to use "
                        "the registered one, %(email)s, or another contact.",
                        name=partner.name,
                        email=self.email,
                    )
                )
            partner.email = self.email_normalized
        partner._set_email_verified(self.email_normalized)

    def _grant(self, partner, level):
        """Give the contact access and invite it; who has access keeps its level and gets a link.

        :raise UserError: with the result that Odoo's wizard would show
        """
        partner = partner.with_company(self.company_id)
        if partner.portal_access != "none":
            # A customer who forgot that it has access: a link is what it needs. Logins are not the
            # officer's to read; sending a link to its own address is.
            partner.portal_user_id.sudo()._send_portal_invitation()
            return
        result = partner._grant_portal_access(level)[partner]
        if result not in ("granted", "level_changed", "had_it"):
            field = self.env["portal.wizard.user"]._fields["result"]
            raise UserError(
                self.env._(
                    "%(name)s cannot be given access: %(result)s.",
                    name=partner.name,
                    result=dict(field._description_selection(self.env))[result],
                )
            )
