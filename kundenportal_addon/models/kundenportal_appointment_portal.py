from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date, format_datetime, format_time

from .kundenportal_appointment import LIVE


class KundenportalAppointment(models.Model):
    """What customers see of appointments; called for those that the acting customer may read."""

    _inherit = "kundenportal.appointment"

    # === BUSINESS METHODS: TIME AND PLACE === #

    def _get_window(self, reader=None):
        """Return when it is, as somebody reads it: “Tuesday, November 24, 2026, 10:00–12:00”.

        :param reader: contact with a language and a time zone; by default who acts
        :rtype: str
        """
        self.ensure_one()
        lang = reader.lang if reader else self.env.lang
        return self._format_window(self.start, self.stop, lang, self._get_reader_zone(reader))

    def _get_reader_zone(self, reader=None):
        """Return the name of the time zone in which somebody reads times.

        :param reader: a contact; by default who acts
        """
        zone = reader.tz if reader else self.env.user.tz
        return zone or self.sudo().company_id._get_portal_zone()  # no customer's to read

    def _get_staff_window(self, start=None, stop=None):
        """Return when it is, as notes for the staff say it: in our company's language and time.

        :param datetime start: of another time
        :param datetime stop: of another time
        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        lang = company._get_staff_lang(company.id)
        zone = company._get_portal_zone()
        return self._format_window(start or self.start, stop or self.stop, lang, zone)

    def _format_window(self, start, stop, lang, zone):
        """Return a time in words.

        :param datetime start: in UTC
        :param datetime stop: in UTC
        :param str lang: code of the reader's language, if known
        :param str zone: name of the reader's time zone
        :rtype: str
        """
        first, last = (
            moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for moment in (start, stop)
        )
        days = [format_date(self.env, at.date(), lang, "full") for at in (first, last)]
        times = [self._format_time(at, lang) for at in (first, last)]
        if first.date() == last.date():
            return f"{days[0]}, {times[0]}–{times[1]}"
        return f"{days[0]}, {times[0]} – {days[1]}, {times[1]}"

    @api.model
    def _format_time(self, at, lang):
        """Return a time of day; with its zone in the hour that exists twice."""
        text = format_time(self.env, at.time(), time_format="short", lang_code=lang)
        is_twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
        return f"{text} {at.tzname()}" if is_twice else text

    def _get_place(self):
        """Return the address in one line."""
        address_sudo = self.sudo().address_id  # may be a colleague's
        return " ".join((address_sudo.contact_address_inline or "").split())

    def _get_portal_technicians(self):
        """Return the names of those who come, if customers are told.

        :rtype: list[str]
        """
        self_sudo = self.sudo()  # who comes is staff's to know
        if not self_sudo.company_id.portal_appointment_show_technician:
            return []
        return self_sudo.technician_ids.resource_id.mapped("name")

    # === BUSINESS METHODS: PAGES === #

    @api.model
    def _get_next_domain(self):
        """Return the appointments to come.

        :rtype: Domain
        """
        return Domain("state", "in", LIVE) & Domain("stop", ">", fields.Datetime.now())

    @api.model
    def _find_next(self, limit=None):
        """Return the appointments of the acting customer that are to come, the next first.

        Those of its own cases; main users also those of their company's.

        :param int limit: at most so many
        :rtype: recordset
        """
        user = self.env.user
        if not user._has_portal_function("activities"):
            return self.browse()
        owner = Domain("partner_id", "=", user.partner_id.id)
        if user._get_portal_level() == "main_user":
            owner |= Domain("commercial_partner_id", "=", user.commercial_partner_id.id)
        return self.search(self._get_next_domain() & owner, order="start, id", limit=limit)

    def _prepare_portal_rows(self, reader=None):
        """Return what pages show of appointments.

        :param reader: whose language and time zone the window is in; by default who acts
        :return: dicts ``id``, ``case`` (as customers call it), ``case_url``, ``start`` and ``stop``
            (UTC), ``window`` (in words), ``address``, ``technicians`` (names), ``state``,
            ``state_name``, ``is_coming``, ``may_change``, ``refusal`` (why not, if it is coming)
            and ``until`` (until when, in words)
        :rtype: list[dict]
        """
        titles = self.activity_id._render_portal_texts(("portal_title",))
        now = fields.Datetime.now()
        rows = []
        for appointment in self:
            is_coming = appointment.state in LIVE and appointment.stop > now
            refusal = appointment._get_change_refusal() if is_coming else ""
            rows.append(
                {
                    "id": appointment.id,
                    "case": titles[appointment.activity_id.id]["portal_title"],
                    "case_url": appointment.activity_id._get_portal_path(),
                    "start": appointment.start,
                    "stop": appointment.stop,
                    "window": appointment._get_window(reader),
                    "address": appointment._get_place(),
                    "technicians": appointment._get_portal_technicians(),
                    "state": appointment.state,
                    "state_name": appointment._get_portal_state(),
                    "is_coming": is_coming,
                    "may_change": is_coming and not refusal,
                    "refusal": refusal,
                    "until": format_datetime(
                        self.env,
                        appointment._get_change_until(),
                        tz=appointment._get_reader_zone(reader),
                        dt_format="short",
                        lang_code=reader.lang if reader else self.env.lang,
                    ),
                }
            )
        return rows

    def _get_portal_state(self):
        """Return the state as customers read it: what went wrong in our calendars they need not."""
        self.ensure_one()
        return self.env._("Booked") if self.state == "conflict" else self._get_state_name()
