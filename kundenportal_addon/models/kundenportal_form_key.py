import hashlib
from datetime import timedelta

from odoo import api, fields, models

#: How long a form that is sent again gives the first result.
LIFETIME = timedelta(days=7)


class KundenportalFormKey(models.Model):
    """One-time keys of forms that create something: a double click makes one record."""

    _name = "kundenportal.form.key"
    _description = "Key of a Form"
    _log_access = False
    _order = "id desc"

    digest = fields.Char(required=True, readonly=True, help="Hash of the key and of who sent it.")
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    used_on = fields.Datetime(required=True, readonly=True)

    _digest_unique = models.UniqueIndex("(digest)")

    @api.model
    def _find(self, key):
        """Return what the acting user's form with this key has made already.

        :param str key: as the browser sent it; whoever sends none gets no protection
        :return: the record as superuser, empty if there is none
        """
        used_sudo = self.sudo().search([("digest", "=", self._get_digest(key))]) if key else self
        if not used_sudo:
            return self.env["res.partner"].browse()
        return self.env[used_sudo.res_model].sudo().browse(used_sudo.res_id).exists()

    @api.model
    def _remember(self, key, record):
        """Note what the acting user's form with this key has made.

        Of two at once the unique index refuses the second; callers let them wait for each other
        before `_find`, so that it does not come to that.

        :param str key: as the browser sent it
        """
        if key:
            self.sudo().create(  # the table is nobody's
                {
                    "digest": self._get_digest(key),
                    "res_model": record._name,
                    "res_id": record.id,
                    "used_on": fields.Datetime.now(),
                }
            )

    @api.model
    def _get_digest(self, key):
        return hashlib.sha256(f"{self.env.uid}:{key}".encode()).hexdigest()

    @api.autovacuum
    def _gc_keys(self):
        self.search([("used_on", "<", fields.Datetime.now() - LIFETIME)]).unlink()
