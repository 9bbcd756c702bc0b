from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..tools.case_state import RUNNING
from ..tools.typed_text import clean
from .kundenportal_action import TEXT_LENGTH

#: How many characters may be typed.
NAME_LENGTH = 200

#: What becomes the title of a case whose customer gave it none.
TITLE_LENGTH = 80

#: Nobody looks for its device in a longer list.
MAX_DEVICES = 200

#: The database knows no larger ids.
MAX_ID = 2**31 - 1


class KundenportalActivity(models.Model):
    """What customers open and write; a form that is sent twice gives the first result."""

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS: A NEW CASE === #

    @api.model
    def _open_by_customer(self, case_type, typed, files, form_key):
        """Open a case for the acting customer.

        :param case_type: as superuser, one of those that the customer is offered
        :param dict typed: what the browser sent
        :param files: uploads by name (``werkzeug.datastructures.MultiDict``)
        :param str form_key: one-time key of the form
        :return: the case as superuser, empty if there are errors; and a sentence per wrong field
        :rtype: tuple
        :raise AccessError: unless the customer is offered the type
        """
        case_type.ensure_one()
        if case_type not in case_type._get_offered(self.env.user):
            raise AccessError(self.env._("New requests of this kind are not offered."))
        self.env["kundenportal.activity.action"]._lock(self.browse())
        form_keys = self.env["kundenportal.form.key"]
        # What another form has made is no result of this one.
        form_key = form_key and f"new-{case_type.id}-{form_key}"
        if earlier_sudo := form_keys._find(form_key):
            return earlier_sudo, {}
        values, errors = self._read_request(case_type, typed)
        uploads, error = self._read_files(files)
        if error:
            errors["files"] = error
        form_fields = case_type.field_ids
        answers, wrong = form_fields._read_answers(typed, files)
        errors |= wrong
        if not errors and not (values["description"] or uploads or answers):
            errors["text"] = self.env._("Please say what it is about, or add a photo.")
        if not errors and (refusal := self._get_write_refusal("activity_request")):
            errors["form"] = refusal
        if errors:
            return self.sudo().browse(), errors
        case_sudo = self.sudo().create(values)  # customers open cases by methods only
        if answers:
            self.env["kundenportal.form.response"]._save(case_sudo, form_fields, answers)
        if uploads:
            case_sudo.with_context(case_opening=True)._post_by_customer("", uploads)
        form_keys._remember(form_key, case_sudo)
        return case_sudo, {}

    @api.model
    def _read_request(self, case_type, typed):
        """Return the values of a new case of the acting customer, and what is wrong with them."""
        errors = {}
        text, name = clean(typed.get("text")), " ".join(clean(typed.get("name")).split())
        if len(text) > TEXT_LENGTH:
            errors["text"] = self._get_length_error(TEXT_LENGTH)
        if len(name) > NAME_LENGTH:
            errors["name"] = self._get_length_error(NAME_LENGTH)
        device_sudo = self._find_portal_device(typed)
        if clean(typed.get("equipment")) and not device_sudo:
            errors["equipment"] = self.env._("Please choose one of the list.")
        first_line = " ".join(text.split("\n", 1)[0].split())
        if len(first_line) > TITLE_LENGTH:
            first_line = first_line[: TITLE_LENGTH - 1] + "…"
        return {
            "type_id": case_type.id,
            "company_id": self.env.user.company_id.id,
            "partner_id": self.env.user.partner_id.id,
            "name": name or first_line or case_type.name,
            "description": plaintext2html(text) if text else "",
            "equipment_id": device_sudo.id,
            "channel": "portal",
        }, errors

    @api.model
    def _get_portal_devices(self, chosen=None):
        """Return the devices that the acting customer can name, as superuser.

        :param chosen: the one that is chosen already; the first, however many there are
        """
        devices_sudo = self.env["maintenance.equipment"].sudo()  # customers see names of their own
        found_sudo = devices_sudo.search(
            self._get_device_domain(), limit=MAX_DEVICES, order="name, id"
        )
        return (chosen or devices_sudo) | found_sudo

    @api.model
    def _get_device_domain(self):
        user_sudo = self.env.user  # always sudoed
        partner = user_sudo.partner_id
        return (
            Domain("customer_id", "in", (partner | partner.commercial_partner_id).ids)
            & Domain("company_id", "in", (False, user_sudo.company_id.id))
            & user_sudo._portal_location_domain()
        )

    @api.model
    def _find_portal_device(self, typed):
        """Return the device that a browser names, as superuser; empty for none of the customer's.

        :param dict typed: what the browser sent
        """
        devices_sudo = self.env["maintenance.equipment"].sudo()  # see `_get_portal_devices`
        text = clean(typed.get("equipment"), 11)
        if not (text.isascii() and text.isdecimal() and int(text) <= MAX_ID):
            return devices_sudo
        return devices_sudo.search(self._get_device_domain() & Domain("id", "=", int(text)))

    @api.model
    def _read_device(self, typed):
        """Return the id of the device that a browser names, as a form sends it.

        :param dict typed: what the browser sent
        :return: empty for none of the customer's
        :rtype: str
        """
        return str(self._find_portal_device(typed).id or "")

    def _prepare_portal_request(self, case_type, typed, errors):
        """Return what the form for a new case shows.

        :param case_type: as superuser, one of those that the customer is offered
        :param dict typed: what was typed, to be kept
        :param dict errors: a sentence per wrong field
        :rtype: dict
        """
        return {
            "new_type": {
                "name": case_type.name,
                "description": case_type.description or "",
                "icon": case_type.icon or "fa-ticket",
                "url": case_type._get_new_url(),
            },
            "devices": [
                {"id": str(device.id), "name": device.display_name}
                for device in self._get_portal_devices(self._find_portal_device(typed))
            ],
            "form_fields": case_type.field_ids._prepare_portal(typed, errors),
            "name_length": NAME_LENGTH,
            **self._prepare_portal_form(),
        }

    # === BUSINESS METHODS: A MESSAGE === #

    def _comment_by_customer(self, typed, files, form_key):
        """Take what the acting customer writes into the conversation.

        :param dict typed: what the browser sent
        :param files: uploads by name (``werkzeug.datastructures.MultiDict``)
        :param str form_key: one-time key of the form
        :return: a sentence per wrong field; empty if it was taken
        :rtype: dict[str, str]
        :raise AccessError: unless the customer may read the case
        """
        self.ensure_one().check_access("read")
        self.env["kundenportal.activity.action"]._lock(self)
        form_keys = self.env["kundenportal.form.key"]
        form_key = form_key and f"case-{self.id}-{form_key}"  # see `_open_by_customer`
        if form_keys._find(form_key):
            return {}
        self.invalidate_recordset()  # whoever held the lock may have changed it
        if not self._takes_comments():
            return {"form": self._get_comment_refusal()}
        text, errors = clean(typed.get("text")), {}
        uploads, error = self._read_files(files)
        if error:
            errors["files"] = error
        if len(text) > TEXT_LENGTH:
            errors["text"] = self._get_length_error(TEXT_LENGTH)
        elif not text and not uploads and not error:
            errors["text"] = self.env._("Please enter a text, or add a file.")
        if not errors and (refusal := self._get_write_refusal("activity_comment")):
            errors["form"] = refusal
        if not errors:
            if self.state not in RUNNING:  # what is solved comes back with the answer
                self._change_state("in_progress", by_customer=True)
            form_keys._remember(form_key, self._post_by_customer(text, uploads))
        return errors

    def _takes_comments(self):
        """Tell whether the customer may still write: closed cases take answers for some time."""
        self.ensure_one()
        return self.state in RUNNING or self._is_reopenable()

    def _get_comment_refusal(self):
        return self.env._("This is closed and takes no more messages. Please start anew.")

    # === BUSINESS METHODS: FORMS === #

    @api.model
    def _prepare_portal_form(self):
        """Return what the fields for a text and for files need.

        :rtype: dict
        """
        return {"text_length": TEXT_LENGTH, **self._get_upload_limits()}

    @api.model
    def _read_files(self, files):
        """Read the files of the field ``files``; as `_read_uploads` returns them."""
        return self._read_uploads([upload for upload in files.getlist("files") if upload.filename])

    @api.model
    def _get_length_error(self, length):
        return self.env._("Please enter at most %s characters.", length)

    @api.model
    def _get_write_refusal(self, scope):
        return self.env["kundenportal.throttle"]._get_refusal(scope, user=self.env.uid)
