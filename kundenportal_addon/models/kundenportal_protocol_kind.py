from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class KindSettings(NamedTuple):
    """What writing an entry needs to know of its kind; cached, thus plain values."""

    id: int
    active: bool
    is_review_required: bool
    is_in_inbox: bool
    deadline_days: int


class KundenportalProtocolKind(models.Model):
    """A kind of protocol entries, and what becomes of them: review, inbox, deadline, retention."""

    _name = "kundenportal.protocol.kind"
    _description = "Kind of Protocol Entries"
    _inherit = ["kundenportal.cached.mixin"]
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True, copy=False)
    name = fields.Char(required=True, translate=True)
    icon = fields.Char(help="Name of a Font Awesome 4.7 icon, such as fa-sign-in.")
    sequence = fields.Integer(default=100)
    active = fields.Boolean(
        default=True, help="Archive a kind to stop recording it. Entries written so far stay."
    )
    is_review_required = fields.Boolean(
        string="Review Required", help="New entries are open until somebody marks them as reviewed."
    )
    is_in_inbox = fields.Boolean(
        string="In the Inbox",
        help="Entries are work for somebody and wait in the inbox until done.",
    )
    deadline_days = fields.Integer(
        string="Deadline (days)",
        help="A new entry is to be dealt with in this many days. 0: no deadline.",
    )
    keep_days = fields.Integer(
        string="Keep for (days)",
        help="Older entries are deleted every night, open ones never. 0: they are kept for ever.",
    )

    _code_unique = models.Constraint("UNIQUE (code)", "A kind's code must be unique.")
    _days_positive = models.Constraint(
        "CHECK (COALESCE(deadline_days, 0) >= 0 AND COALESCE(keep_days, 0) >= 0)",
        "A number of days cannot be negative.",
    )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        """Refuse to delete kinds that entries have or that the portal itself records."""
        Protocol_sudo = self.env[
            "kundenportal.protocol"
        ].sudo()  # other companies' entries count too
        for kind in self:
            if Protocol_sudo.search_count([("kind_id", "=", kind.id)], limit=1):
                raise UserError(
                    self.env._("There are entries of the kind “%s”. Archive it instead.", kind.name)
                )
            if kind.get_external_id()[kind.id]:
                raise UserError(
                    self.env._(
                        "The portal records the kind “%s” itself. Archive it instead.", kind.name
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache("code")
    def _get_by_code(self, code):
        """Return the settings of the kind with this code.

        :param str code: such as ``signed_in``
        :rtype: KindSettings
        :raise ValueError: if there is no such kind
        """
        # Whoever causes an entry need not be able to read its kind.
        kind = self.sudo().with_context(active_test=False).search([("code", "=", code)])
        if not kind:
            raise ValueError(f"Unknown kind of protocol entries: {code!r}")
        return KindSettings(
            kind.id, kind.active, kind.is_review_required, kind.is_in_inbox, kind.deadline_days
        )
