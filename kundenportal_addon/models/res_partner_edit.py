from odoo import api, models
from odoo.exceptions import UserError

from .kundenportal_field_policy import MAX_LENGTH, MAX_LENGTHS, MORE_DATA_FIELDS, NUMBERS

#: In the context, marks what is written along with a customer's edit, and what our own methods
#: write and record themselves. No remote call can bring this very object.
INNER = object()


class ResPartner(models.Model):
    """What customers change of contact data is caught here, whatever way it comes.

    The outermost write makes the change. What Odoo copies on from it goes through unseen.
    """

    _inherit = "res.partner"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Record new addresses; they are applied at once, as checkout needs them."""
        if not self._is_customer_edit(*vals_list):
            return super().create(vals_list)
        partners = self.browse()
        for vals in vals_list:
            values = self._prepare_customer_address(vals)
            inner = self._as_inner(above=values.get("parent_id"))
            partners += super(ResPartner, inner).create([values]).with_env(self.env)
        for partner in partners:
            self.env["kundenportal.data.change"]._record_new(partner)
        return partners

    def write(self, vals):
        if self.env.context.get("portal_edit") is INNER and self._is_above_edit():
            return True
        if not self._is_customer_edit(vals):
            return super().write(vals)
        self.check_access("write")  # nothing may be left to write where all of it waits
        for partner in self:
            values, lines = partner._plan_customer_edit(vals)
            if values:
                inner = partner._as_inner(above=partner.parent_id.id)
                super(ResPartner, inner).write(values)
            if lines:
                self.env["kundenportal.data.change"]._record(partner, lines)
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _get_portal_data_fields(self):
        """Return the names of the fields that are a customer's data; the rest is technical.

        :rtype: set[str]
        """
        names = (self._get_frontend_writable_fields() | MORE_DATA_FIELDS) & self._fields.keys()
        return {name for name in names if self._fields[name].store}

    def _as_inner(self, above=None):
        """Return the contacts for writing what belongs to an edit that is recorded already.

        :param int above: id of the parent, which Odoo must not copy anything up to
        """
        return self.with_context(portal_edit=INNER, portal_edit_above=above)

    def _is_above_edit(self):
        """Tell whether Odoo is copying an edit up to the parent, which was not what was edited.

        What a customer changes of the parent, `_pop_upstream` has written there, by its policy.
        """
        return bool(self) and self.ids == [self.env.context.get("portal_edit_above")]

    @api.model
    def _is_customer_edit(self, *vals_list):
        """Tell whether a portal user is about to change data of contacts; asked without a query."""
        if not self.env.uid or self.env.context.get("portal_edit") is INNER:
            return False
        if not self.env.user._get_portal_level():
            return False
        data = self._get_portal_data_fields() | {"active"}
        return any(not data.isdisjoint(vals) for vals in vals_list)

    def _plan_customer_edit(self, vals):
        """Split what a customer wants to write by what becomes of it.

        :param dict vals: as given to ``write``
        :return: the values to write now, and the lines of the change: per field the old and new
            value and whether it waits
        :rtype: tuple[dict, dict[str, tuple]]
        :raise UserError: if the contact is not the customer's to edit, or a field is locked
        """
        self.ensure_one()
        data = self._get_portal_data_fields() | {"active"}
        values = {name: value for name, value in vals.items() if name not in data}
        edited = {
            name: self._read_new_value(name, vals[name])
            for name in vals
            if name in data and self._differs(name, vals[name])
        }
        if self.parent_id:
            # The company's name is the company's, however Odoo's form sends it.
            edited.pop("company_name", None)
        upstream = self._pop_upstream(edited)
        if upstream:
            self.parent_id.write(upstream)
        if not edited:
            return values, {}
        self._check_customer_may_edit()
        modes = self.env["kundenportal.field.policy"]._get_modes(self._get_policy_scope())
        lines = {}
        for name, new in edited.items():
            mode, reason = modes.get(name, ("review", ""))
            if mode == "locked":
                raise UserError(self._get_locked_sentence(name, reason))
            self._check_edited_text(name, new)
            is_waiting = mode == "approve" or self._is_others_number(name, new)
            lines[name] = (self[name], new, is_waiting)
            if not is_waiting:
                values[name] = new if isinstance(new, str) else vals[name]
        if "state_id" in values and "country_id" in lines and "country_id" not in values:
            # A state comes with its country.
            del values["state_id"]
            lines["state_id"] = (*lines["state_id"][:2], True)
        return values, lines

    @api.model
    def _prepare_customer_address(self, vals):
        """Return what a customer may give a new address, cleaned as the forms do.

        What belongs to the company as a whole, such as its VAT number, does not come with one.

        :param dict vals: as given to ``create``
        :rtype: dict
        :raise UserError: if a text is too long
        """
        shared = set(self._commercial_fields()) if vals.get("parent_id") else set()
        values = {}
        for name, value in vals.items():
            if name in shared:
                continue
            if isinstance(value, str):
                value = value.replace("\x00", "")
                self._check_edited_length(name, value)
            values[name] = value
        return values

    def _check_edited_text(self, name, text):
        """Refuse a text that nobody could use: remote calls fill in no form.

        Whether a number is one, only the forms ask: Odoo itself takes any.

        :raise UserError: with the sentence of the form
        """
        if self._fields[name].type not in ("char", "text") or name in (*NUMBERS, "vat"):
            return
        if error := self._get_typing_error(name, text or "", {}):
            self._refuse_edited(name, error)

    @api.model
    def _check_edited_length(self, name, text):
        most = MAX_LENGTHS.get(name, MAX_LENGTH)
        if name in self._get_portal_data_fields() and len(text) > most:
            error = self.env._("Please enter no more than %s characters.", most)
            self._refuse_edited(name, error)

    @api.model
    def _refuse_edited(self, name, error):
        label = self._fields[name]._description_string(self.env)
        raise UserError(self.env._("%(field)s: %(error)s", field=label, error=error))

    def _is_others_number(self, name, number):
        """Tell whether a number is another portal user's, who would no longer sign in by it."""
        if name not in ("phone", "mobile") or not number:
            return False
        number = self._parse_portal_number(number)
        return bool(number) and self.env["res.users"]._is_number_of_others(number, self)

    def _pop_upstream(self, edited):
        """Take out what is the company's and only copied to its contacts.

        Odoo would copy it up to the company and from there to all colleagues.

        :param dict edited: new values per field, changed in place
        :return: values to write on the parent
        :rtype: dict
        """
        if not self.parent_id or self.type != "contact" or self.is_company:
            return {}
        shared = {*self._address_fields(), *self._synced_commercial_fields()}
        return {
            name: self._fields[name].convert_to_write(edited.pop(name), self)
            for name in shared & edited.keys()
        }

    def _differs(self, name, value):
        """Tell whether a value is another one than the contact has; empty is empty."""
        return (self._read_new_value(name, value) or False) != (self[name] or False)

    def _read_new_value(self, name, value):
        """Return a value given to ``write`` as the contact would show it."""
        field = self._fields[name]
        value = field.convert_to_record(field.convert_to_cache(value, self), self)
        return value.replace("\x00", "").strip() if isinstance(value, str) else value

    def _get_policy_scope(self):
        """Return whether the contact's data are a person's own or the company's."""
        is_person = self.type == "contact" and not self.is_company
        return "own" if is_person else "company"

    def _check_customer_may_edit(self):
        """Refuse what is not the customer's to edit, whatever way it tries.

        Its own contact and the addresses below are; the company's data are for main users with the
        function.

        :raise UserError: with the sentence for the customer
        """
        user_sudo = self.env.user  # always sudoed
        own_sudo = user_sudo.partner_id
        is_own = self == own_sudo or (self.parent_id == own_sudo and self.type != "contact")
        if is_own and not own_sudo.is_company:
            return
        is_company_data = self.sudo().commercial_partner_id == own_sudo.commercial_partner_id and (
            self == own_sudo or not self.sudo().user_ids
        )
        if (
            is_company_data
            and user_sudo._get_portal_level() == "main_user"
            and user_sudo._has_portal_function("master_data")
        ):
            return
        raise UserError(
            self.env._("The data of the company are edited by its main users; please ask one.")
        )

    def _get_locked_sentence(self, name, reason):
        """Return why a field cannot be changed."""
        label = self._fields[name]._description_string(self.env)
        return reason or self.env._("%s cannot be changed here; please ask us.", label)
