from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.typed_text import clean

#: How long a view lasts; begun anew it takes another reason.
DURATION = timedelta(minutes=15)
#: Who may look through customers' eyes.
GROUP = "kundenportal_addon.group_view_as_customer"


class KundenportalViewing(models.Model):
    """A view of the portal through a customer's eyes: who looks, as whom, why, and until when.

    The session of whoever looks names its row (`ir_http_viewing.py`), and every request asks the
    row: a session that another request has loaded before, and saves later, prolongs nothing.
    """

    _name = "kundenportal.viewing"
    _description = "View through a Customer's Eyes"
    _log_access = False
    _order = "id desc"

    user_id = fields.Many2one(
        "res.users", string="Who Looks", required=True, readonly=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        "res.users",
        string="Whose Eyes",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    reason = fields.Char(required=True, readonly=True)
    valid_until = fields.Datetime(required=True, readonly=True)
    ended_on = fields.Datetime(readonly=True)

    _running_idx = models.Index("(user_id, valid_until) WHERE ended_on IS NULL")

    @api.model
    def _get_refusal(self, partner):
        """Say why the acting user cannot look through a contact's eyes.

        :return: a sentence, or None if it can
        :rtype: str | None
        """
        customer_sudo = partner.sudo().portal_user_id  # internal users are none of it
        if not partner.has_access("read") or not self.env.user.has_group(GROUP):
            return self.env._("Viewing the portal as this customer is not among your rights.")
        if not customer_sudo.active or not customer_sudo._is_portal():
            return self.env._("%s has no access to the portal.", partner.display_name)
        if not self._is_within_companies(customer_sudo):
            return self.env._(
                "%s belongs to a company that is not among yours.", partner.display_name
            )
        return None

    @api.model
    def _is_within_companies(self, customer_sudo):
        """Tell whether a customer's login sees no company beyond those of the acting user."""
        user_sudo = self.env.user  # always sudoed
        return customer_sudo.company_ids <= user_sudo.company_ids

    @api.model
    def _begin(self, partner, reason):
        """Begin to look through a contact's eyes; what the acting user looked at before ends.

        :param partner: the contact, as whoever asks may read it
        :param str reason: why, for the protocol
        :return: the view, as superuser
        :raise AccessError: if it is not for the acting user to see
        :raise UserError: without a reason
        """
        if refusal := self._get_refusal(partner):
            raise AccessError(refusal)
        reason = clean(reason)
        if not reason:
            raise UserError(self.env._("Please enter why you view the portal as this customer."))
        viewing_sudo = self.sudo()  # the table is nobody's
        viewing_sudo.search([("user_id", "=", self.env.uid), ("ended_on", "=", False)])._end()
        viewing_sudo = viewing_sudo.create(
            {
                "user_id": self.env.uid,
                "customer_id": partner.sudo().portal_user_id.id,
                "reason": reason,
                "valid_until": fields.Datetime.now() + DURATION,
            }
        )
        self.env["kundenportal.protocol"]._log("viewing_began", partner, note=reason)
        cron_sudo = self.env.ref("kundenportal_addon.ir_cron_viewing").sudo()  # nobody's business
        cron_sudo._trigger(at=viewing_sudo.valid_until)
        return viewing_sudo

    @api.model
    def _get_own(self, viewing_id):
        """Return the acting user's view with this id, as superuser, whether it is over or not."""
        viewing_sudo = self.sudo().browse(viewing_id).exists()  # the table is nobody's
        return viewing_sudo.filtered(lambda viewing: viewing.user_id == self.env.user)

    @api.model
    def _get_running(self, viewing_id):
        """Return the acting user's view with this id, as superuser, if it still holds.

        Rights and access are asked again each time: whoever loses them sees no further page.
        """
        viewing_sudo = self._get_own(viewing_id)
        if (
            not viewing_sudo
            or viewing_sudo.ended_on
            or viewing_sudo.valid_until <= fields.Datetime.now()
            or not self.env.user.has_group(GROUP)
        ):
            return self.browse()
        customer_sudo = viewing_sudo.customer_id
        if not (
            customer_sudo.active
            and customer_sudo._is_portal()
            and self._is_within_companies(customer_sudo)
        ):
            return self.browse()
        return viewing_sudo

    def _end(self):
        """End the views that are not over yet, and say so in the protocol.

        Of two that end one at once, the database lets the second try again, which finds it ended.
        """
        now = fields.Datetime.now()
        for viewing_sudo in self.sudo():  # the table is nobody's
            if viewing_sudo.ended_on:
                continue
            is_late = viewing_sudo.valid_until <= now
            viewing_sudo.ended_on = min(viewing_sudo.valid_until, now)
            self.env["kundenportal.protocol"]._log(
                "viewing_expired" if is_late else "viewing_ended",
                viewing_sudo.customer_id.partner_id,
                note=viewing_sudo.reason,
                user=viewing_sudo.user_id,
            )

    def _get_back_url(self):
        """Return where the way back leads: to the contact in the backend."""
        partner = self.sudo().customer_id.partner_id  # nothing but its number
        return f"/odoo/res.partner/{partner.id}" if partner else "/odoo"

    @api.model
    def _cron_end_expired(self):
        """End the views whose time is over; nobody may have asked for a page since."""
        self.search([("ended_on", "=", False), ("valid_until", "<=", fields.Datetime.now())])._end()
        old = fields.Datetime.now() - timedelta(days=1)
        self.search([("ended_on", "<", old)]).unlink()  # the protocol keeps what happened
