from odoo import api, models
from odoo.fields import Domain

from .ir_http_viewing_cursor import get_viewing
from .kundenportal_protocol_kind_portal import SHOWN


class KundenportalProtocol(models.Model):
    """What customers read of an entry of their history, see ``kundenportal_protocol_portal.py``.

    The note only where it is theirs to read; what the entry is about by the name that they know it
    by, if they may read it now.
    """

    _inherit = "kundenportal.protocol"

    # === BUSINESS METHODS === #

    def _prepare_portal_rows(self):
        """Return what the history shows of each entry to the acting customer.

        :return: ``date``, ``code``, ``icon``, ``what``, ``about`` and ``url`` (of the record, empty
            unless the customer may read it now), ``note``, ``contact`` (empty if it is the
            reader), ``by`` (empty if nobody was signed in) and ``address`` (of the network, of
            what was done at the customer's own sign-in only)
        :rtype: list[dict]
        """
        kinds = self.env["kundenportal.protocol.kind"]._get_portal_kinds()
        reader = self.env.user.partner_id
        has_addresses = not get_viewing()  # staff who look with the customer's eyes may not know
        named = self._name_portal_records()
        rows = []
        for entry in self:
            code, what, icon = kinds[entry.kind_id.id]
            is_own = entry.partner_id == reader
            has_note = SHOWN[code].note == "all" or (is_own and SHOWN[code].note == "own")
            about, url = named.get((entry.res_model, entry.res_id), ("", ""))
            contact = entry.partner_id.name or entry.partner_name or ""
            # Staff's own addresses are theirs.
            has_address = has_addresses and is_own and not entry._is_by_others()
            has_address = has_address and SHOWN[code].group == "sign_in"
            rows.append(
                {
                    "date": entry.create_date,
                    "code": code,
                    "icon": icon,
                    "what": what,
                    "about": about,
                    "url": url,
                    "note": entry.note or "" if has_note else "",
                    "contact": "" if is_own else contact,
                    "by": entry._get_portal_actor(),
                    "address": entry.ip_address or "" if has_address else "",
                }
            )
        return rows

    def _is_by_others(self):
        """Tell whether somebody else than the acting customer did it, as far as is known."""
        return bool(self.user_id and self.user_id != self.env.user) or bool(
            not self.user_id and self.user_name
        )

    def _get_portal_actor(self):
        """Return who did it, as customers know them: contacts by name, all of the staff as us.

        :rtype: str
        """
        self.ensure_one()
        actor = self.user_id
        if not actor:
            return self.env._("Somebody whose access no longer exists") if self.user_name else ""
        if actor._is_public():
            return ""
        firm = self.env.user.commercial_partner_id
        if actor == self.env.user or (actor.share and actor.commercial_partner_id == firm):
            return actor.partner_id.name
        if actor.share:  # a colleague who has left since, or whom a case was shared with
            return self.env._("Somebody of another company")
        return (self.company_id or self.env.user.company_id).name

    def _name_portal_records(self):
        """Return how the acting customer knows the records of the entries that it may read.

        :return: by model and id a name and the address of a page
        :rtype: dict[tuple[str, int], tuple[str, str]]
        """
        named = {}
        for model_name, entries in self.grouped("res_model").items():
            name_records = {
                "kundenportal.activity": self._name_portal_cases,
                "kundenportal.appointment": self._name_portal_appointments,
                "sale.order": self._name_portal_orders,
            }.get(model_name)
            if name_records:
                for record_id, name in name_records(entries.mapped("res_id")).items():
                    named[model_name, record_id] = name
        return named

    @api.model
    def _find_readable(self, model_name, ids):
        records = self.env[model_name].sudo(False)  # what is named is the reader's to read
        return records.search([("id", "in", ids)]) if records.has_access("read") else records

    @api.model
    def _name_portal_cases(self, ids):
        cases = self._find_readable("kundenportal.activity", ids)
        titles = cases._render_portal_texts(("portal_title",))
        return {
            case.id: (
                " ".join(filter(None, (case.number, titles[case.id]["portal_title"]))),
                case._get_portal_path(),
            )
            for case in cases
        }

    @api.model
    def _name_portal_appointments(self, ids):
        appointments = self._find_readable("kundenportal.appointment", ids)
        return {
            appointment.id: (appointment._get_window(), appointment.activity_id._get_portal_path())
            for appointment in appointments
        }

    @api.model
    def _name_portal_orders(self, ids):
        """Name orders by the page that the customer has of them: Odoo's, or of what it sent."""
        readable = self._find_readable("sale.order", ids)
        domain = Domain("id", "in", ids) & self.env.user._portal_sent_order_domain()
        sent_sudo = self.env["sale.order"].sudo().search(domain)  # its own door
        named = {order.id: (order.name, f"/my/orders/{order.id}") for order in readable}
        return named | {
            order.id: (order.name, f"/my/shop/requests/{order.id}") for order in sent_sudo
        }
