from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize

from ..tools.web_address import safe_website
from .kundenportal_field_policy import MAX_LENGTH, MAX_LENGTHS, MORE_DATA_FIELDS, NUMBERS

#: What a person tells of itself beyond Odoo's form; the hours have a page of their own.
PERSON_FIELDS = MORE_DATA_FIELDS - {"reachability"}

#: Fields of the company's own page, in its order.
COMPANY_FIELDS = (
    "name",
    "vat",
    "email",
    "phone",
    "fax",
    "website",
    "street",
    "street2",
    "zip",
    "city",
    "country_id",
    "state_id",
)


class ResPartner(models.Model):
    """The forms in which customers edit their data: what they may type, and where."""

    _inherit = "res.partner"

    # === HOOKS OF ODOO'S PORTAL === #

    @api.model
    def _get_frontend_writable_fields(self):
        names = super()._get_frontend_writable_fields()
        return names | PERSON_FIELDS if self.env.user._get_portal_level() else names

    def _can_be_edited_by_current_customer(self, **kwargs):
        allowed = super()._can_be_edited_by_current_customer(**kwargs)
        return allowed and (not self.env.user._get_portal_level() or self._is_customers_to_edit())

    def _onchange_phone_validation(self):
        """Leave the number alone that Odoo's form would format after it was written.

        Ours has formatted it already; and where the new one waits, this here is still the old one.
        """
        if self._origin == self and self.env.user._get_portal_level():
            return None
        return super()._onchange_phone_validation()

    # === WHAT MAY BE EDITED === #

    def _is_customers_to_edit(self):
        """Tell whether the acting customer may edit the contact."""
        return not self._get_refusal_to_edit()

    def _get_refusal_to_edit(self):
        """Return why the acting customer may not edit the contact; empty if it may."""
        try:
            self._check_customer_may_edit()
        except UserError as error:
            return str(error)
        return ""

    @api.model
    def _may_add_address(self):
        """Tell whether the acting customer may add addresses on Odoo's page of them.

        A company's are for its main users; whoever belongs to no company has only its own.
        """
        own_sudo = self.env.user.partner_id  # always sudoed
        company_sudo = own_sudo.commercial_partner_id
        return company_sudo == own_sudo or company_sudo._is_customers_to_edit()

    def _get_data_owner(self, name):
        """Return where a field of the contact's form is kept.

        :param str name: of the field
        :return: the contact, or its company, and the name of the field there
        :rtype: tuple
        """
        self.ensure_one()
        if self.parent_id and self.type == "contact" and not self.is_company:
            company = self.commercial_partner_id
            if name == "company_name" and company.is_company:
                return company, "name"
            if name in {*self._address_fields(), *self._synced_commercial_fields()}:
                return self.parent_id, name
        return self, name

    def _get_data_note(self, name):
        """Return why the acting customer cannot edit a field of the contact; empty if it can."""
        owner, field_name = self._get_data_owner(name)
        if refusal := owner._get_refusal_to_edit():
            return refusal
        modes = self.env["kundenportal.field.policy"]._get_modes(owner._get_policy_scope())
        mode, reason = modes.get(field_name, ("review", ""))
        return owner._get_locked_sentence(field_name, reason) if mode == "locked" else ""

    def _prepare_data_form(self, names):
        """Return what a form needs to show beside the contact's fields.

        :param names: of the fields
        :return: ``notes`` (field → why it cannot be edited), ``company_note`` (why none of the
            company's can), ``waiting`` (field → what was requested), ``rejected`` (field → what
            was rejected lately), ``requests`` (both as a list; see
            `kundenportal.data.change._prepare_for_customer`)
        :rtype: dict
        """
        self.ensure_one()
        owners = {name: self._get_data_owner(name) for name in names}
        mine = self.union(*(owner for owner, _name in owners.values())).filtered(
            lambda partner: partner == self or partner._is_customers_to_edit()
        )
        requests = self.env["kundenportal.data.change"]._prepare_for_customer(mine)
        by_field = {
            state: {
                (row["partner_id"], line["field"]): {**line, **row}
                for row in requests
                if row["state"] == state
                for line in row["lines"]
            }
            for state in ("pending", "rejected")
        }
        keys = {name: (owner.id, field_name) for name, (owner, field_name) in owners.items()}
        found = {
            state: {name: rows[key] for name, key in keys.items() if key in rows}
            for state, rows in by_field.items()
        }
        notes = {name: self._get_data_note(name) for name in names}
        return {
            "notes": {name: note for name, note in notes.items() if note},
            "company_note": self.commercial_partner_id._get_refusal_to_edit(),
            "waiting": found["pending"],
            "rejected": found["rejected"],
            "requests": requests,
        }

    # === WHAT WAS TYPED === #

    def _get_typed(self, name):
        """Return a field's value as the form would send it unchanged; of no contact, nothing."""
        value = self[name]
        if isinstance(value, models.BaseModel):
            return str(value.id) if value else ""
        if name == "invoice_sending_method":
            return value or "email"  # Odoo's form has no empty choice, and shows its first
        return (value or "").strip()

    def _check_data_form(self, typed):
        """Check what a customer typed into a form of the contact's data.

        What was not changed is not looked at: it may be older than the rules.

        :param dict typed: text per field; the contact may be empty, for a new address
        :return: the texts as they are to be kept, without what is unchanged and the company's or
            only shown; and a sentence for each field that is wrong
        :rtype: tuple[dict[str, str], dict[str, str]]
        """
        values, errors = {}, {}
        for name, text in typed.items():
            # Instead of a text a file may come; the database takes no NUL.
            text = text.replace("\x00", "").strip() if isinstance(text, str) else ""
            values[name] = text
            # Odoo's form shows the company's name in the contact's field.
            owner, field_name = self._get_data_owner(name) if self else (self, name)
            shown = owner if name == "company_name" else self
            if text == shown._get_typed(field_name):
                if self and (
                    (text and not self[name]) or (owner != self and self._get_data_note(name))
                ):
                    del values[name]
                continue
            if self and (note := self._get_data_note(name)):
                errors[name] = note
            elif error := self._get_typing_error(name, text, typed):
                errors[name] = error
            elif name in NUMBERS and text:
                values[name] = self._format_typed_number(text)
            elif name == "website" and text:
                values[name] = safe_website(text)[0]
        return values, errors

    def _get_typing_error(self, name, text, typed):
        """Return the sentence for a changed field that is wrong; empty if it is right.

        :param dict typed: the whole form
        """
        field = self._fields[name]
        most = MAX_LENGTHS.get(name, MAX_LENGTH)
        if not text:
            return self.env._("Please fill in this field.") if name == "name" else ""
        if len(text) > most:
            return self.env._("Please enter no more than %s characters.", most)
        if field.type == "selection":
            known = dict(field._description_selection(self.env))
            return "" if text in known else self.env._("Please choose one of the list.")
        if field.type == "many2one":
            country = typed.get("country_id", self._get_typed("country_id"))
            is_listed = self._is_listed(name, text, country)
            return "" if is_listed else self.env._("Please choose one of the list.")
        if name == "email" and not email_normalize(text):
            return self.env._("This is no e-mail address.")
        if name in NUMBERS and not self._parse_portal_number(text):
            return self.env._("This is no telephone number.")
        if name == "website" and not safe_website(text):
            return self.env._("This is no address of a website.")
        if name == "vat":
            return self._get_vat_error(text, typed)
        return ""

    @api.model
    def _is_listed(self, name, text, country):
        """Tell whether an id is one that the form offers: states are those of the country."""
        if not text.isdecimal() or len(text) > 9:
            return False
        # Countries and states are no secret.
        record_sudo = self.env[self._fields[name].comodel_name].sudo().browse(int(text)).exists()
        if name == "state_id":
            return bool(record_sudo) and str(record_sudo.country_id.id) == country
        return bool(record_sudo)

    def _get_vat_error(self, text, typed):
        """Return why a VAT number cannot be one of the country's, or cannot be changed any more."""
        country = typed.get("country_id", self._get_typed("country_id"))
        modes = self.env["kundenportal.field.policy"]._get_modes("company")
        is_applied = modes.get("vat", ("review", ""))[0] == "review"
        if self.vat and is_applied and not self.can_edit_vat():
            return self.env._("The VAT number cannot be changed after documents were issued.")
        is_known = self._is_listed("country_id", country, "")
        dummy = self.new({"vat": text, "country_id": int(country) if is_known else False})
        try:
            dummy._check_vat()
        except ValidationError as error:
            return str(error)
        return ""

    def _format_typed_number(self, text):
        """Return a number as Odoo writes it, so that it does not write it a second time."""
        country = self.country_id or self.env.company.country_id
        formatted = self._phone_format(number=text, country=country, force_format="INTERNATIONAL")
        return formatted or text

    # === THE COMPANY'S OWN PAGE === #

    def _edit_company_data(self, typed):
        """Write what a main user typed into the form of its company's data.

        :param dict typed: text per field of `COMPANY_FIELDS`
        :return: a sentence for each field that is wrong; then nothing is written
        :rtype: dict[str, str]
        :raise UserError: if the company is not the customer's to edit
        """
        self._check_customer_may_edit()
        values, errors = self._check_data_form(
            {name: typed[name] for name in COMPANY_FIELDS if name in typed}
        )
        if errors:
            return errors
        # A new country does not have the old one's states.
        country = values.get("country_id", "")
        state = values.get("state_id", "")
        if state and country and not self._is_listed("state_id", state, country):
            values["state_id"] = ""
        self.write(
            {
                name: (int(text) if text else False)
                if self._fields[name].type == "many2one"
                else text or False
                for name, text in values.items()
            }
        )
        return {}
