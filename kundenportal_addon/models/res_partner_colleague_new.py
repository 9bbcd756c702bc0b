from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.email_address import parse_email

#: Fields of the form and how much each takes.
MAX_LENGTHS = {"name": 100, "function": 100, "email": 254, "phone": 40}


class ResPartner(models.Model):
    """Contact persons that main users add to their company."""

    _inherit = "res.partner"

    @api.model
    def _add_colleague(self, values, level=None, form_key=None):
        """Add a contact to the acting main user's company, and give it access if wanted.

        A form that is sent twice gives the first contact.

        :param dict values: ``name``, ``function``, ``email``, ``phone`` as typed
        :param str level: ``"user"`` or ``"main_user"``; None: without access
        :param str form_key: one-time key of the form
        :return: the contact as superuser, empty if there are errors; and a sentence per wrong field
        :rtype: tuple
        :raise AccessError: unless the acting user manages colleagues of a company
        :raise UserError: if it cannot be given access
        """
        self._lock_colleagues()
        company_sudo = self._get_colleagues_company()
        if not company_sudo.is_company:
            raise AccessError(self.env._("There is no company to add a colleague to."))
        form_keys = self.env["kundenportal.form.key"]
        if earlier_sudo := form_keys._find(form_key):
            return earlier_sudo, {}
        values = {name: " ".join((values.get(name) or "").split()) for name in MAX_LENGTHS}
        values["email"] = parse_email(values["email"]) or values["email"]
        if errors := self._get_new_colleague_errors(company_sudo, values, level):
            return self.browse(), errors
        if not level:  # else the invitation is counted
            self._throttle_colleagues()
        # Customers cannot create contacts; the gate was passed above. What it is about is logged
        # below, as an addition of a colleague.
        colleague_sudo = (
            self.sudo()
            ._as_inner()
            .create(
                {
                    **values,
                    "type": "contact",
                    "parent_id": company_sudo.id,
                    "company_id": company_sudo.company_id.id,
                    "lang": company_sudo.lang or self.env.user.lang,
                }
            )
            .with_env(self.sudo().env)
        )
        form_keys._remember(form_key, colleague_sudo)
        self.env["kundenportal.protocol"]._log(
            "contact_added",
            colleague_sudo,
            note=", ".join(filter(None, (values["function"], values["email"], values["phone"]))),
            record=colleague_sudo,
        )
        if level:
            colleague_sudo.sudo(False)._invite_colleague(level)
        return colleague_sudo, {}

    @api.model
    def _get_new_colleague_errors(self, company, values, level):
        """Check what was typed for a new colleague.

        :param dict values: stripped texts
        :return: a sentence per field that is wrong
        :rtype: dict[str, str]
        """
        errors = {
            name: self.env._("Please enter no more than %s characters.", most)
            for name, most in MAX_LENGTHS.items()
            if len(values[name]) > most
        }
        if not values["name"]:
            errors["name"] = self.env._("Please enter the name.")
        email = values["email"]
        if (email or level) and "email" not in errors:
            domain = self._get_colleague_domain(company)
            known = domain & Domain("email_normalized", "=", parse_email(email))
            # Customers cannot search contacts; those of its company are no secret to a main user.
            if parse_email(email) and self.sudo().search_count(known, limit=1):
                errors["email"] = self.env._("A colleague with this address is listed already.")
            elif level and (refusal := self.browse()._get_address_refusal(email)):
                errors["email"] = refusal
            elif not parse_email(email):
                errors["email"] = self.env._("This is no e-mail address.")
        phone = values["phone"]
        if phone and "phone" not in errors and not self._parse_portal_number(phone):
            errors["phone"] = self.env._("This is no telephone number.")
        return errors
