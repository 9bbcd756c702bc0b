from typing import NamedTuple

from odoo import api, models, tools


class Shown(NamedTuple):
    """What customers are shown of the entries of a kind."""

    #: What the history can be narrowed to: a key of `_get_portal_groups`.
    group: str
    #: Whose eyes the note is for: ``own`` of the contact that the entry is about, ``all`` of
    #: everybody who sees the entry. Notes that the staff wrote, or that may quote what only some of
    #: a company may know (subjects of cases and messages), are nobody's: the record says it.
    note: str = ""
    #: Whether main users see those about their company and its contacts.
    is_company: bool = False


#: Kinds of which customers see entries. A kind that is not here, such as one that a feature adds,
#: is the staff's until somebody has thought about it.
SHOWN = {
    "access_granted": Shown("access", "all", True),
    "level_changed": Shown("access", "all", True),
    "access_revoked": Shown("access", "", True),
    "access_blocked": Shown("access"),
    "access_unblocked": Shown("access"),
    "access_requested": Shown("access"),
    "registration_approved": Shown("access"),
    "colleague_requested": Shown("access", "", True),
    "colleague_approved": Shown("access", "", True),
    "colleague_declined": Shown("access", "", True),
    "functions_changed": Shown("access", "all", True),
    "contact_added": Shown("access", "", True),
    "contact_left": Shown("access", "", True),
    "documents_handed_over": Shown("access", "", True),
    "viewing_began": Shown("access"),
    "viewing_ended": Shown("access"),
    "viewing_expired": Shown("access"),
    "invitation_sent": Shown("sign_in", "own"),
    "link_used": Shown("sign_in"),
    "password_reset": Shown("sign_in"),
    "password_set": Shown("sign_in"),
    "password_mailed": Shown("sign_in"),
    "access_letter_printed": Shown("sign_in"),
    "sign_in_link_sent": Shown("sign_in", "own"),
    "verification_sent": Shown("sign_in", "own"),
    "email_verified": Shown("sign_in", "own"),
    "signed_in": Shown("sign_in"),
    "sign_in_failed": Shown("sign_in"),
    "active_today": Shown("sign_in"),
    "signed_out": Shown("sign_in"),
    "data_changed": Shown("data", "all", True),
    "data_requested": Shown("data", "all", True),
    "data_approved": Shown("data", "all", True),
    "data_rejected": Shown("data", "all", True),
    "notices_chosen": Shown("data", "own"),
    "own_data_requested": Shown("data"),
    "message_sent": Shown("messages"),
    "message_read": Shown("messages", "own"),
    "message_reply": Shown("messages", "own"),
    "message_answered": Shown("messages"),
    "announcement_read": Shown("messages", "own"),
    "activity_opened": Shown("cases", "", True),
    "activity_state": Shown("cases", "", True),
    "activity_reply": Shown("cases", "", True),
    "activity_reply_closed": Shown("cases", "", True),
    "activity_moved": Shown("cases", "", True),
    "activity_merged": Shown("cases", "", True),
    "activity_reminded": Shown("cases"),
    "action_done": Shown("cases", "", True),
    "action_inbox": Shown("cases", "", True),
    "form_reminded": Shown("cases"),
    "questionnaire_answered": Shown("cases"),
    "appointment_requested": Shown("appointments", "", True),
    "appointment_booked": Shown("appointments", "", True),
    "appointment_moved": Shown("appointments", "", True),
    "appointment_cancelled": Shown("appointments", "", True),
    "appointment_booked_by_staff": Shown("appointments", "", True),
    "appointment_moved_by_staff": Shown("appointments", "", True),
    "appointment_cancelled_by_staff": Shown("appointments", "", True),
    "appointment_reminded": Shown("appointments"),
    "order_sent": Shown("orders", "", True),
    "quote_requested": Shown("orders", "", True),
    "release_requested": Shown("orders", "", True),
    "order_released": Shown("orders", "", True),
    "release_refused": Shown("orders", "all", True),
    "release_deputy": Shown("orders", "own"),
    "document_opened": Shown("orders", "own"),
    "document_downloaded": Shown("orders", "own"),
}


class KundenportalProtocolKind(models.Model):
    """What kinds of entries are to customers, who do not read the model."""

    _inherit = "kundenportal.protocol.kind"

    # === BUSINESS METHODS === #

    @api.model
    def _get_portal_groups(self):
        """Return the groups of kinds that the history can be narrowed to, in display order.

        :rtype: dict[str, str]
        """
        return {
            "sign_in": self.env._("Sign-in"),
            "access": self.env._("Access"),
            "data": self.env._("Data"),
            "messages": self.env._("Messages and news"),
            "cases": self.env._("Requests"),
            "appointments": self.env._("Appointments"),
            "orders": self.env._("Orders and documents"),
        }

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_portal_kinds(self):
        """Return the kinds that customers see, archived ones too: entries outlive them.

        :return: by id: code, what customers read, and the icon; cached, thus plain values
        :rtype: dict[int, tuple[str, str, str]]
        """
        names = self._get_portal_names()
        kinds_sudo = self.sudo().with_context(active_test=False)  # kinds are the staff's to read
        return {
            kind.id: (kind.code, names.get(kind.code) or kind.name, kind.icon or "fa-circle-o")
            for kind in kinds_sudo.search([("code", "in", list(SHOWN))])
        }

    @api.model
    def _get_portal_names(self):
        """Return what customers read where the kind's own name speaks to the staff.

        :rtype: dict[str, str]
        """
        return {
            "viewing_began": self.env._("Our staff began to look at the portal in this name"),
            "viewing_ended": self.env._("Our staff stopped looking at the portal in this name"),
            "viewing_expired": self.env._("Our staff stopped looking at the portal in this name"),
            "message_sent": self.env._("Message received"),
            "activity_opened": self.env._("Request opened"),
            "activity_state": self.env._("Status of a request changed"),
            "activity_reply": self.env._("Wrote about a request"),
            "activity_reply_closed": self.env._("Wrote about a closed request"),
            "activity_moved": self.env._("Request given to another contact"),
            "activity_merged": self.env._("Requests merged"),
            "activity_reminded": self.env._("Reminded of a request"),
            "action_done": self.env._("Step of a request done"),
            "action_inbox": self.env._("Step of a request done"),
            "appointment_requested": self.env._("Appointment asked for"),
            "appointment_booked": self.env._("Appointment booked"),
            "appointment_moved": self.env._("Appointment moved"),
            "appointment_cancelled": self.env._("Appointment cancelled"),
            "order_sent": self.env._("Order sent"),
            "quote_requested": self.env._("Quotation asked for"),
        }
