import hashlib
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: How long a link leads somewhere, per purpose.
LIFETIMES = {
    "sign_in": timedelta(minutes=15),
    "verify_email": timedelta(days=7),
    "access_letter": timedelta(days=30),
    "registration": timedelta(days=2),
}
#: What is printed is typed by hand: letters and digits that are not mistaken for each other.
TYPED_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class KundenportalLink(models.Model):
    """Links that work once: whoever holds one proves to have received what it was sent to.

    Only a digest of the token is kept, so that nobody who reads the table can use a link. Opening
    a link has no effect (mail scanners follow them); the form behind it redeems it by POST.
    """

    _name = "kundenportal.link"
    _description = "One-time Link"
    _log_access = False
    _order = "id desc"

    purpose = fields.Selection(
        [
            ("sign_in", "Sign-in"),
            ("verify_email", "Verification of the e-mail address"),
            ("access_letter", "Access letter"),
            ("registration", "Registration"),
        ],
        required=True,
        readonly=True,
    )
    digest = fields.Char(required=True, readonly=True, help="Hash of the token.")
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    res_model = fields.Char(required=True, readonly=True)
    address = fields.Char(
        readonly=True, help="E-mail address or number that it was sent to; it proves nothing else."
    )
    expires_on = fields.Datetime(required=True, readonly=True)
    used_on = fields.Datetime(readonly=True)

    _digest_unique = models.UniqueIndex("(digest)")
    _record_idx = models.Index("(res_model, res_id, purpose)")

    @api.model
    def _issue(self, purpose, record, address=None):
        """Make a link that leads to a record; earlier ones of the purpose no longer do.

        :param str purpose: a key of `LIFETIMES`
        :param record: what whoever redeems the link gets hold of
        :param str address: where it is sent, if to an address
        :return: the token, which is kept nowhere
        :rtype: str
        """
        self._revoke(purpose, record)
        token = self._make_token(purpose)
        # Whoever causes a link to be sent need not be able to read links; nobody is.
        self.sudo().create(
            {
                "purpose": purpose,
                "digest": self._get_digest(purpose, token),
                "res_model": record._name,
                "res_id": record.id,
                "address": address,
                "expires_on": fields.Datetime.now() + LIFETIMES[purpose],
            }
        )
        return token

    @api.model
    def _peek(self, purpose, token):
        """Return the link that a token opens, without any effect; for the page behind it.

        :param str purpose: a key of `LIFETIMES`
        :param str token: as the browser sent it
        :return: the link as superuser, empty if it is unknown, expired, used or revoked
        """
        # Whoever holds the token may be a visitor; links are nobody's to read.
        return self.sudo().search(
            [
                ("digest", "=", self._get_digest(purpose, token)),
                ("used_on", "=", False),
                ("expires_on", ">", fields.Datetime.now()),
            ]
        )

    @api.model
    def _redeem(self, purpose, token):
        """Use a link up; of several at once, one gets it.

        :param str purpose: a key of `LIFETIMES`
        :param str token: as the browser sent it
        :return: the link as superuser, empty if it is unknown, expired, used or revoked
        """
        self.flush_model()
        # Of two at once the second waits here. Its snapshot is outdated then, Odoo starts it anew,
        # and it finds the link used. No error to log.
        self.env.cr.execute(
            SQL(
                """
                UPDATE kundenportal_link
                   SET used_on = NOW() AT TIME ZONE 'UTC'
                 WHERE digest = %s AND used_on IS NULL AND expires_on > %s
             RETURNING id
                """,
                self._get_digest(purpose, token),
                fields.Datetime.now(),
            ),
            log_exceptions=False,
        )
        link_sudo = self.sudo().browse(row[0] for row in self.env.cr.fetchall())
        link_sudo.invalidate_recordset(["used_on"])
        return link_sudo

    @api.model
    def _revoke(self, purpose, records):
        """Make the unused links of a purpose that lead to these records useless.

        :param str purpose: a key of `LIFETIMES`, or None for all
        :param records: of one model
        """
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        if purpose:
            domain.append(("purpose", "=", purpose))
        self.sudo().search([*domain, ("used_on", "=", False)]).unlink()  # see _issue

    def _get_record(self):
        """Return the record that the link leads to, as superuser; empty if it is gone."""
        self.ensure_one()
        # The token was the right to it; what may be done with it is the caller's to decide.
        return self.env[self.res_model].sudo().browse(self.res_id).exists()

    @api.model
    def _make_token(self, purpose):
        """Return a new token; each has at least 99 bits.

        :rtype: str
        """
        if purpose != "access_letter":
            return secrets.token_urlsafe(24)
        return "-".join(
            "".join(secrets.choice(TYPED_ALPHABET) for _character in range(5))
            for _group in range(4)
        )

    @api.model
    def _get_digest(self, purpose, token):
        if purpose == "access_letter":  # typed with blanks, or without the hyphens
            token = re.sub(r"[\s-]", "", token or "")
        return hashlib.sha256(f"{purpose}:{token or ''}".encode()).hexdigest()

    @api.autovacuum
    def _gc_links(self):
        self.search([("expires_on", "<", fields.Datetime.now() - timedelta(days=30))]).unlink()
