import hashlib
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, consteq, email_normalize, hmac
from odoo.tools.sql import escape_psql

from ..tools.email_address import parse_email
from .kundenportal_link import LIFETIMES

#: Fields of the form: how long what is typed into them may be.
FORM_FIELDS = {"company_name": 120, "name": 100, "email": 200, "phone": 40, "vat": 30, "note": 5000}
REQUIRED_FIELDS = ("name", "email")

#: How long decided registrations are kept.
KEEP_DECIDED = timedelta(days=365)


class KundenportalRegistration(models.Model):
    """The way from the form to the staff: checked, once per form, verified by one mail."""

    _inherit = "kundenportal.registration"

    # === BUSINESS METHODS: THE FORM === #

    @api.model
    def _with_requested_company(self, company_id):
        """Return the model in the company that a visitor asks for, if it takes registrations.

        :param company_id: what the browser sent; another company than the website's is possible
        """
        text = company_id if isinstance(company_id, str) else ""
        if re.fullmatch("[0-9]{1,9}", text, re.ASCII):
            registrations = self.with_company(self.env["res.company"].browse(int(text)).exists())
            if registrations._is_open():
                return registrations
        return self.with_company(self.env.company)

    @api.model
    def _is_open(self):
        """Tell whether visitors may register with the company."""
        company = self.env.company
        return company.portal_active and company.portal_registration

    @api.model
    def _get_form(self):
        """Describe the fields of the form.

        :return: ``name``, ``label``, ``type``, ``autocomplete``, ``required`` and ``maxlength``
        :rtype: list[dict]
        """
        rows = [
            ("company_name", self.env._("Company name"), "text", "organization"),
            ("name", self.env._("First and last name"), "text", "name"),
            ("email", self.env._("E-mail address"), "email", "email"),
            ("phone", self.env._("Telephone"), "tel", "tel"),
            ("vat", self.env._("VAT number"), "text", "off"),
            ("note", self.env._("Message"), "textarea", "off"),
        ]
        return [
            {
                **dict(zip(("name", "label", "type", "autocomplete"), row, strict=True)),
                "required": row[0] in REQUIRED_FIELDS,
                "maxlength": FORM_FIELDS[row[0]],
            }
            for row in rows
        ]

    @api.model
    def _parse_form(self, params):
        """Read what a browser sent.

        :param dict params: whatever it sent
        :return: what was typed, per field of the form, and a sentence for each field that is wrong
        :rtype: tuple[dict, dict]
        """
        values, errors = {}, {}
        for name, length in FORM_FIELDS.items():
            typed = params.get(name)
            if typed is not None and not isinstance(typed, str):  # a file
                errors[name] = self.env._("Please enter text.")
                typed = ""
            typed = (typed or "").replace("\x00", "").strip()
            # Only a message has lines.
            values[name] = typed if name == "note" else " ".join(typed.split())
            if len(values[name]) > length:
                errors[name] = self.env._("Please enter at most %s characters.", length)
            elif name in REQUIRED_FIELDS and not typed:
                errors.setdefault(name, self.env._("Please fill in this field."))
        for name, sentence in self._check_form(values).items():
            errors.setdefault(name, sentence)
        return values, errors

    @api.model
    def _check_form(self, values):
        """Return a sentence for each value that cannot be what it should be.

        :param dict values: as `_parse_form` returns them
        :rtype: dict[str, str]
        """
        errors = {}
        for name in ("name", "company_name", "vat"):
            if re.search("[<>]", values[name]):
                errors[name] = self.env._("Please leave out the characters < and >.")
        if values["email"] and not parse_email(values["email"]):
            errors["email"] = self.env._("Please enter an e-mail address such as anna@example.com.")
        number = values["phone"]
        if number and not self.env["res.partner"]._parse_portal_number(number):
            errors["phone"] = self.env._("Please enter a telephone number such as +49 30 901820.")
        return errors

    @api.model
    def _submit_form(self, values, form_key, network):
        """Take a form that is in order; the answer is the same whatever we know of the applicant.

        :param dict values: as `_parse_form` returns them
        :param str form_key: one-time key of the form
        :param str network: network address of the request
        :return: a sentence if nothing was done because of too many attempts, else None
        """
        email = email_normalize(values["email"])
        if not form_key or not isinstance(form_key, str):
            form_key = self._get_form_key()
        # With another address it is another form: somebody went back to correct it.
        key = hashlib.sha256(f"{form_key}:{email}".encode()).hexdigest()
        # Forms for one address wait for each other, until the transaction ends.
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", f"registration:{email}")
        )
        is_resent, is_pending = self._look_up_form(key, email)
        if is_resent:
            return None
        refusal = self.env["kundenportal.throttle"]._get_refusal(
            "registration", email=email, network=network
        )
        if refusal or is_pending:
            return refusal
        self.search(self._get_expired_domain(email)).unlink()
        self.create(
            {
                **values,
                "email": email,
                "company_id": self.env.company.id,
                "lang": self.env.lang,
                "form_key": key,
                "is_known_login": self._is_login_address(email),
            }
        )._send_verification()
        return None

    @api.model
    def _look_up_form(self, key, email):
        """Tell whether this form was sent already, and whether its address waits for something.

        :rtype: tuple[bool, bool]
        """
        # This transaction does not see what was committed while it waited; a new one does.
        with self.env.registry.cursor() as cr:
            registrations = self.with_env(self.env(cr=cr))
            is_resent = bool(registrations.search_count([("form_key", "=", key)], limit=1))
            pending = registrations.search(
                [("email_normalized", "=", email), ("state", "in", ("unverified", "open"))]
            )
            pending -= pending.filtered_domain(self._get_expired_domain(email))
            is_pending = any(
                registration.state == "unverified"
                or registration.company_id.id == self.env.company.id
                for registration in pending
            )
        return is_resent, is_pending

    @api.model
    def _get_expired_domain(self, email=None):
        """Return the registrations whose address was not verified in time; they may be replaced."""
        limit = fields.Datetime.now() - LIFETIMES["registration"]
        domain = [("state", "=", "unverified"), ("create_date", "<", limit)]
        return [*domain, ("email_normalized", "=", email)] if email else domain

    @api.model
    def _is_login_address(self, email):
        """Tell whether somebody signs in with the address, or gets its links there."""
        return bool(
            self.env["res.users"].search_count(
                [
                    "|",
                    ("login", "=ilike", escape_psql(email)),
                    ("email_normalized", "=", email),
                ],
                limit=1,
            )
        )

    # === BUSINESS METHODS: VERIFICATION === #

    def _send_verification(self):
        """Queue the one mail that an address gets before it is verified.

        It contains nothing that the applicant typed, so that nobody can speak to others through us.
        """
        self.ensure_one()
        if self.is_known_login:
            self._send_mail("mail_template_registration_known")
            return
        token = self.env["kundenportal.link"]._issue("registration", self, self.email_normalized)
        url = f"{self.get_base_url()}/register/verify/{token}"
        self._send_mail("mail_template_registration_verify", registration_url=url)

    def _send_mail(self, template, **context):
        """Queue a mail to the applicant in its language; formal, since we do not know each other.

        :param str template: XML id of the template within this addon
        :param context: what the template shows beside the registration
        """
        self.env.ref(f"kundenportal_addon.{template}").with_context(**context)._send_secret_mail(
            self
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _verify_by_link(self, token):
        """Use the link of a verification mail up, and hand the registration to the staff.

        :param str token: as the browser sent it
        :return: the registration, also for a link that has been used; empty for any other
        """
        link = self.env["kundenportal.link"]._redeem("registration", token)
        if link:
            registration = link._get_record()
            if registration:
                registration._verify()
            return registration
        return self._find_verified(token)

    @api.model
    def _find_verified(self, token):
        """Return the registration that a used link verified; its holder may see where it stands."""
        Link = self.env["kundenportal.link"]
        link = Link.search(
            [("digest", "=", Link._get_digest("registration", token)), ("used_on", "!=", False)],
            limit=1,
        )
        return link._get_record() if link else self.browse()

    def _verify(self):
        """Take the address as verified: from here on the staff decide."""
        self._update_state("open", {"verified_on": fields.Datetime.now()})
        same = self.env["res.partner"].search(
            [
                ("email_normalized", "=", self.email_normalized),
                ("partner_share", "=", True),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=2,
        )
        self.env["kundenportal.protocol"]._log(
            "registration_received",
            same if len(same) == 1 else None,
            note=f"{self.display_name} ({self.email_normalized})",
            record=self,
            user=self.env["res.users"],  # a visitor, who may be anybody
        )

    # === BUSINESS METHODS: WHERE IT STANDS === #

    def _get_status_path(self):
        """Return the address of the page on which the applicant sees where it stands.

        :rtype: str
        """
        self.ensure_one()
        return f"/register/status/{self.id}-{self._get_status_digest()}"

    def _get_status_url(self):
        return self.get_base_url() + self._get_status_path()

    def _get_status_digest(self):
        self_sudo = self.sudo()  # the key is nobody's to read
        message = (self.id, self_sudo.form_key, self.email_normalized)
        return hmac(self_sudo.env, "kundenportal-registration-status", message)[:40]

    @api.model
    def _find_by_status(self, token):
        """Return the registration whose page has this token, empty for any other token."""
        match = re.fullmatch(r"([0-9]{1,9})-([0-9a-f]{40})", token or "", re.ASCII)
        registration = self.browse(int(match[1]) if match else None).exists()
        if registration and consteq(match[2], registration._get_status_digest()):
            return registration
        return self.browse()

    @api.model
    def _get_form_key(self):
        """Return a one-time key for a form."""
        return secrets.token_urlsafe(16)

    # === CRON METHODS === #

    @api.autovacuum
    def _gc_registrations(self):
        """Delete what was never verified, and what was decided long ago."""
        self.search(self._get_expired_domain()).unlink()
        limit = fields.Datetime.now() - KEEP_DECIDED
        self.search(
            [("state", "in", ("approved", "declined")), ("decided_on", "<", limit)]
        ).unlink()
