import hashlib
from datetime import timedelta

from odoo import api, fields, models

#: How many attempts of a scope are let through, per key: what was typed, the network address it
#: came from, the contact it leads to.
LIMITS = {
    "access_request": {"typed": 3, "network": 20},
    "access_mail": {"contact": 3},
}
#: How long an attempt counts.
WINDOW = timedelta(hours=1)


class KundenportalThrottle(models.Model):
    """Counts attempts at public forms, so that nobody bombs third-party inboxes through us."""

    _name = "kundenportal.throttle"
    _description = "Attempts at Public Forms"
    _log_access = False
    _order = "id"

    scope = fields.Char(required=True)
    key = fields.Char(required=True, help="Hash of what is counted; the value is not kept.")
    attempted_on = fields.Datetime(required=True)

    _attempt_idx = models.Index("(scope, key, attempted_on)")

    @api.model
    def _get_refusal(self, scope, **keys):
        """Count an attempt and say whether it is one too many.

        :param str scope: a key of ``LIMITS``
        :param keys: a value for each key of the scope's limits
        :return: a sentence for the visitor, or None
        """
        since = fields.Datetime.now() - WINDOW
        Throttle_sudo = self.sudo()  # visitors may neither see nor forge the counters
        for kind, limit in LIMITS[scope].items():
            value = str(keys[kind]).casefold()
            key = hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
            attempts = Throttle_sudo.search_count(
                [("scope", "=", scope), ("key", "=", key), ("attempted_on", ">", since)]
            )
            if attempts >= limit:
                return self.env._("Too many attempts. Please try again in an hour.")
            Throttle_sudo.create(
                {"scope": scope, "key": key, "attempted_on": fields.Datetime.now()}
            )
        return None

    @api.autovacuum
    def _gc_attempts(self):
        self.sudo().search([("attempted_on", "<", fields.Datetime.now() - WINDOW)]).unlink()
