import json

from werkzeug.exceptions import Forbidden, NotFound

from odoo.exceptions import UserError
from odoo.http import request, route

from ..models.res_partner_contact import NUMBER_LENGTH
from ..models.res_partner_data_form import PERSON_FIELDS
from .portal import KundenportalPortal

#: What Odoo's form shows of a contact, beside `PERSON_FIELDS`.
ADDRESS_FIELDS = {
    "name",
    "email",
    "phone",
    "company_name",
    "vat",
    "street",
    "street2",
    "zip",
    "city",
    "country_id",
    "state_id",
}

#: Arguments of methods of Odoo's that forms fill, which no browser has to give.
INNER_ARGUMENTS = {"self", "verify_address_values", "address_values"}


class PortalAddresses(KundenportalPortal):
    """Odoo's account page and address pages: what customers edit, what waits, what is refused.

    Who has no level keeps Odoo's plain pages.
    """

    # === THE OWN CONTACT === #

    @route()
    def account(self, done=None, **kwargs):
        response = super().account(**kwargs)
        if response.is_qweb and request.env.user._get_portal_level():
            response.qcontext["portal_done"] = self._get_data_done_text(done)
        return response

    def _prepare_my_account_rendering_values(self, *args, **kwargs):
        values = super()._prepare_my_account_rendering_values(*args, **kwargs)
        if request.env.user._get_portal_level():
            values.update(self._prepare_account_values())
        return values

    def _prepare_account_values(self):
        """Return what the account page shows beside Odoo's form."""
        contact_sudo = request.env.user.partner_id
        selections = {
            name: contact_sudo._fields[name]._description_selection(request.env)
            for name in ("lang", "gender_title", "form_of_address")
        }
        return {
            "portal_data": contact_sudo._prepare_data_form(sorted(ADDRESS_FIELDS | PERSON_FIELDS)),
            "portal_required": ",".join(sorted(self._get_own_required_fields())),
            "portal_selections": selections,
            "portal_edits_company": (
                contact_sudo.commercial_partner_id != contact_sudo
                and contact_sudo.commercial_partner_id._is_customers_to_edit()
            ),
        }

    def _get_own_required_fields(self):
        """Return what customers have to tell of themselves; a number, too, can be taken back.

        Not everybody signs in by mail, but whoever has an address keeps one.
        """
        return {"name", "email"} if request.env.user.partner_id.email else {"name"}

    def _get_mandatory_billing_address_fields(self, country_sudo):
        if request.env.context.get("portal_own_account"):
            return self._get_own_required_fields()
        return super()._get_mandatory_billing_address_fields(country_sudo)

    def _get_mandatory_delivery_address_fields(self, country_sudo):
        if request.env.context.get("portal_own_account"):
            return self._get_own_required_fields()
        return super()._get_mandatory_delivery_address_fields(country_sudo)

    # === ADDRESSES === #

    @route()
    def my_addresses(self, done=None, **query_params):
        self._check_function("master_data")
        response = super().my_addresses(**query_params)
        if response.is_qweb and request.env.user._get_portal_level():
            own_sudo = request.env.user.partner_id
            shown_sudo = (
                response.qcontext["billing_addresses"] | response.qcontext["delivery_addresses"]
            )
            editable_sudo = shown_sudo.filtered(
                lambda partner: partner.type != "contact" and partner._is_customers_to_edit()
            )
            changes = request.env["kundenportal.data.change"]
            response.qcontext.update(
                portal_done=self._get_data_done_text(done),
                portal_may_add=own_sudo._may_add_address(),
                portal_data={"requests": changes._prepare_for_customer(editable_sudo)},
            )
        return response

    @route()
    def portal_address(self, partner_id=None, use_delivery_as_billing=False, **query_params):
        self._check_function("master_data")
        partner_id = self._parse_id(partner_id)
        if not partner_id and self._is_kept_from_adding():
            return request.redirect("/my/addresses?done=main_users_add")
        response = super().portal_address(
            partner_id=partner_id,
            use_delivery_as_billing=self._parse_switch(use_delivery_as_billing),
            **self._drop_inner_arguments(query_params),
        )
        if partner_id and response.is_qweb and request.env.user._get_portal_level():
            address_sudo = response.qcontext["partner_sudo"]
            response.qcontext["portal_data"] = address_sudo._prepare_data_form(
                sorted(ADDRESS_FIELDS - {"company_name", "vat"})
            )
        return response

    @route()
    def portal_address_submit(self, partner_id=None, **form_data):
        partner_id = self._parse_id(partner_id)
        form_data = self._drop_inner_arguments(form_data)
        # The form of /my/account, one's own data, is sent here too.
        is_own = partner_id == request.env.user.partner_id.id
        if not is_own:
            self._check_function("master_data")
        if not partner_id and self._is_kept_from_adding():
            raise Forbidden()
        if not request.env.user._get_portal_level():
            return super().portal_address_submit(partner_id=partner_id, **form_data)
        if is_own:
            request.update_context(portal_own_account=True)
            form_data["required_fields"] = ",".join(self._get_own_required_fields())
        latest = request.env["kundenportal.data.change"]._get_latest_line()
        response = super().portal_address_submit(partner_id=partner_id, **form_data)
        feedback = json.loads(response.get_data())
        if "redirectUrl" in feedback:
            page = "/my/account" if is_own else "/my/addresses"
            if is_own or feedback["redirectUrl"] in ("", page):
                feedback["redirectUrl"] = f"{page}?done={self._get_done_code(partner_id, latest)}"
        return json.dumps(feedback)

    @route()
    def address_archive(self, partner_id):
        self._check_function("master_data")
        return super().address_archive(self._parse_id(partner_id) or 0)

    def _is_kept_from_adding(self):
        """Tell whether new addresses are somebody else's to enter; checkout does not ask."""
        user_sudo = request.env.user  # always sudoed
        return user_sudo._get_portal_level() and not user_sudo.partner_id._may_add_address()

    def _get_done_code(self, partner_id, latest):
        """Return the code of what became of the form that was sent."""
        if not partner_id:
            return "added"
        partner_sudo = request.env.user.partner_id.browse(partner_id)  # edited a moment ago
        owners_sudo = partner_sudo | partner_sudo.parent_id | partner_sudo.commercial_partner_id
        return request.env["kundenportal.data.change"]._get_outcome(owners_sudo, latest)

    # === WHAT WAS TYPED === #

    def _create_or_update_address(self, partner_sudo, **form_data):
        """Refuse beside the fields what is wrong; what the model refuses becomes a sentence.

        Checkout comes here, too.
        """
        if not request.env.user._get_portal_level():
            return super()._create_or_update_address(partner_sudo, **form_data)
        typed, form_data = self._split_form(partner_sudo, form_data)
        values, errors = partner_sudo._check_data_form(typed)
        if not errors:
            try:
                with request.env.cr.savepoint():
                    edited_sudo, feedback = super()._create_or_update_address(
                        partner_sudo, **form_data, **values
                    )
            except UserError as error:
                changed = [
                    name for name, text in values.items() if text != partner_sudo._get_typed(name)
                ]
                # Without any field that is wrong, checkout would go on.
                return partner_sudo, {
                    "invalid_fields": changed or ["name"],
                    "messages": [str(error)],
                }
            if "redirectUrl" not in feedback:
                feedback["field_messages"] = self._get_field_messages(feedback, values)
            return edited_sudo, feedback
        return partner_sudo, {
            "invalid_fields": list(errors),
            "messages": list(dict.fromkeys(errors.values())),
            "field_messages": errors,
        }

    def _split_form(self, partner_sudo, form_data):
        """Part the contact's data from the rest of a form.

        What the form shows, but does not send, as it is locked, is filled in.

        :return: the texts per field of the contact, and the rest
        :rtype: tuple[dict, dict]
        """
        fields = request.env["res.partner"]._fields
        names = request.env["res.partner"]._get_frontend_writable_fields() & fields.keys()
        typed = {name: value for name, value in form_data.items() if name in names}
        rest = {name: value for name, value in form_data.items() if name not in names}
        if partner_sudo != request.env.user.partner_id:
            typed = {name: value for name, value in typed.items() if name not in PERSON_FIELDS}
        for name in ("name", "email", "country_id", "state_id") if partner_sudo else ():
            if name not in typed and partner_sudo._get_data_note(name):
                typed[name] = partner_sudo._get_typed(name)
        return typed, rest

    def _get_field_messages(self, feedback, values):
        """Put Odoo's sentences to the fields where it is clear which belongs to which.

        :return: a sentence per field
        :rtype: dict[str, str]
        """
        empty = [name for name in feedback["invalid_fields"] if not values.get(name)]
        wrong = [name for name in feedback["invalid_fields"] if name not in empty]
        messages = dict.fromkeys(empty, request.env._("Please fill in this field."))
        if len(wrong) == 1:
            messages[wrong[0]] = feedback["messages"][0]
        return messages

    def _validate_address_values(self, address_values, *args, **kwargs):
        """Refuse beside the field what the model would refuse with an error page."""
        invalid, missing, errors = super()._validate_address_values(address_values, *args, **kwargs)
        if len(address_values.get("phone") or "") > NUMBER_LENGTH:
            invalid.add("phone")
            errors.append(
                request.env._("A telephone number has no more than %s characters.", NUMBER_LENGTH)
            )
        return invalid, missing, errors

    def _parse_id(self, value):
        """Return an id that the browser sent, None if it sent none.

        :raise NotFound: if it is no id
        """
        if not value:
            return None
        if not str(value).isdecimal() or len(str(value)) > 9:
            raise NotFound()
        return int(value)

    def _parse_switch(self, value):
        return "true" if str(value).lower() in ("1", "true", "on") else "false"

    def _drop_inner_arguments(self, form_data):
        """Return a form without files and without what only Odoo's own code hands over."""
        cleaned = {
            name: value.replace("\x00", "")
            for name, value in form_data.items()
            if isinstance(value, str) and name not in INNER_ARGUMENTS and not name.endswith("_sudo")
        }
        if "use_delivery_as_billing" in cleaned:
            switch = self._parse_switch(cleaned["use_delivery_as_billing"])
            cleaned["use_delivery_as_billing"] = switch
        return cleaned
