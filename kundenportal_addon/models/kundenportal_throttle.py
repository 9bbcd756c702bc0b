import hashlib
from datetime import timedelta
from ipaddress import IPv6Network, ip_address

from odoo import api, fields, models

#: How many attempts of a scope are let through, per key: what was typed, the network address it
#: came from, the contact it leads to.
LIMITS = {
    "access_request": {"typed": 3, "network": 20},
    "access_mail": {"contact": 3},
    "password_request": {"typed": 3, "network": 20},
    "registration": {"email": 3, "network": 10},
    "verification": {"contact": 5},
    "colleague_invitation": {"user": 30},
    "message_reply": {"user": 30},
    "activity_action": {"user": 60},
    "activity_request": {"user": 30},
    "activity_comment": {"user": 60},
    "cart_send": {"user": 60},
    "data_export": {"user": 5},
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
        if "network" in keys:
            keys["network"] = self._get_network(keys["network"])
        hashes = {
            kind: hashlib.sha256(f"{kind}:{keys[kind]}".casefold().encode()).hexdigest()
            for kind in LIMITS[scope]
        }
        # In a transaction of its own, which starts with the lock: requests that come at once see
        # each other, and an attempt counts even if the request fails afterwards.
        with self.env.registry.cursor() as cr:
            cr.execute("LOCK TABLE kundenportal_throttle IN SHARE ROW EXCLUSIVE MODE")
            # Visitors may neither see nor forge the counters.
            counters_sudo = self.with_env(self.env(cr=cr, su=True))
            is_refused = any(
                counters_sudo._count_attempt(scope, key, LIMITS[scope][kind])
                for kind, key in hashes.items()
            )
        return self.env._("Too many attempts. Please try again in an hour.") if is_refused else None

    @api.model
    def _count_attempt(self, scope, key, limit):
        """Count an attempt, unless it is one too many.

        :return: whether it is
        :rtype: bool
        """
        now = fields.Datetime.now()
        attempts = self.search_count(
            [("scope", "=", scope), ("key", "=", key), ("attempted_on", ">", now - WINDOW)]
        )
        if attempts >= limit:
            return True
        self.create({"scope": scope, "key": key, "attempted_on": now})
        return False

    @api.model
    def _get_network(self, address):
        """Return what counts as one visitor: of IPv6, each has 64 bits of addresses to itself.

        :param str address: network address of the request
        :rtype: str
        """
        try:
            ip = ip_address(address)
        except ValueError:  # behind a socket
            return str(address)
        if ip.version == 4:
            return str(ip)
        return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))

    @api.autovacuum
    def _gc_attempts(self):
        self.search([("attempted_on", "<", fields.Datetime.now() - WINDOW)]).unlink()
