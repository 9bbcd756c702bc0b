from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from odoo import fields, models
from odoo.tools import babel_locale_parse, format_date, format_time, get_lang

from .kundenportal_action_appointment import MOMENT
from .kundenportal_appointment import LIVE


class KundenportalActivity(models.Model):
    """The page on which customers choose when somebody comes; called after the door to the case."""

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS === #

    def _prepare_portal_page(self, is_complete=False):
        values = super()._prepare_portal_page(is_complete)
        # Asked for through the case; what is only being chosen is no appointment yet.
        shown = self.sudo().appointment_ids.filtered(lambda one: one.state != "held")
        return {**values, "appointments": shown.sorted("start")._prepare_portal_rows()}

    def _get_appointment_path(self, appointment=None):
        """Return the path of the page of times, or of one of the case's appointments."""
        path = f"{self._get_portal_path()}/appointment"
        return f"{path}/{appointment.id}" if appointment else path

    def _get_times_path(self):
        """Return the path of the page of times for what it is asked for, see `_for_moving`."""
        if moved_id := self.env.context.get("appointment_moved"):
            return f"{self._get_portal_path()}/appointment/{moved_id}/times"
        return self._get_appointment_path()

    def _for_moving(self, appointment):
        """Return the case as the page needs it on which one of its appointments gets another time.

        :param appointment: a current one of the case; an empty one: whatever the page is for
        """
        return self.with_context(appointment_moved=appointment.id) if appointment else self

    def _get_current_appointment(self):
        """Return the appointment whose place another time would take, as superuser.

        The one that is to be moved; else that for which we offer other times, none if they are for
        a further one; else the next.
        """
        self.ensure_one()
        now, moved_id = fields.Datetime.now(), self.env.context.get("appointment_moved")
        appointments_sudo = self.sudo().appointment_ids  # asked for through the case
        coming_sudo = appointments_sudo.filtered(lambda one: one.state in LIVE and one.stop > now)
        if moved_id:
            return coming_sudo.filtered(lambda one: one.id == moved_id)
        if offered_sudo := self._get_open_proposals():
            return coming_sudo & offered_sudo.appointment_id
        return coming_sudo.sorted("start")[:1]

    def _get_ignored_appointments(self):
        """Return what keeps nobody when a time is chosen: what is moved, what was chosen before."""
        held_sudo = self.sudo().appointment_ids.filtered(lambda one: one.state == "held")
        return held_sudo | self._get_current_appointment()

    def _find_portal_slots(self):
        """Return the times that the customer can choose, as the planner does.

        What staff have offered, else everything within the horizon.

        :rtype: list[dict]
        """
        planner = self.env["kundenportal.planner"]
        ignore, offered = self._get_ignored_appointments(), self._get_open_proposals()
        if offered:
            return planner._find_slots(
                self,
                min(offered.mapped("start")),
                max(offered.mapped("stop")) + planner._get_longest(self),
                moments=offered.mapped("start"),
                is_urgent=True,
                ignore=ignore,
            )
        return planner._find_slots(self, *planner._get_horizon(self), ignore=ignore)

    def _prepare_appointment_page(self, week=None):
        """Return what the page of times shows: the best ones, and those of one week, by day.

        :param str week: any day of the week, as the page's links say it; by default the first
            week that has a time
        :return: ``recommended`` (times), ``days`` (of the week, each with its times),
            ``week_label``, ``previous_week``, ``next_week`` (Mondays), ``zone``, ``is_other_zone``,
            ``is_offer`` and ``current`` (the appointment that is moved)
        :rtype: dict
        """
        self.ensure_one()
        zone = self._get_reader_zone()
        slots = self._find_portal_slots()
        day_of = {slot["start"]: self._get_local(slot["start"], zone).date() for slot in slots}
        weeks = sorted({self._get_monday(day) for day in day_of.values()})
        shown = self._choose_week(weeks, week)
        in_week = sorted(start for start, day in day_of.items() if self._get_monday(day) == shown)
        by_start = {slot["start"]: slot for slot in slots}
        current = self._get_current_appointment()
        rows = current._prepare_portal_rows()
        return {
            "recommended": [
                self._prepare_portal_slot(slot, zone) for slot in slots if slot["recommended"]
            ],
            "days": self._group_by_day(
                [self._prepare_portal_slot(by_start[start], zone) for start in in_week]
            ),
            "week_label": shown and self._describe_week(shown),
            "previous_week": next((each for each in reversed(weeks) if each < shown), None),
            "next_week": next((each for each in weeks if each > shown), None),
            "zone": zone.key,
            "is_other_zone": zone.key != self._get_company_zone(),
            "is_offer": bool(self._get_open_proposals()),
            "current": rows[0] if rows else None,
        }

    # === TOOLING === #

    def _get_reader_zone(self):
        """Return the time zone in which the reader is told times; without one our company's."""
        return ZoneInfo(self.env.user.tz or self._get_company_zone())

    def _get_company_zone(self):
        return self.sudo().company_id._get_portal_zone()  # no customer's to read

    def _prepare_portal_slot(self, slot, zone):
        """Return a time as the page shows it; nothing of who comes, nor why then."""
        start, stop = self._get_local(slot["start"], zone), self._get_local(slot["stop"], zone)
        return {
            "value": slot["start"].strftime(MOMENT),
            "day": start.date(),
            "day_label": self._describe_day(start.date()),
            "window": f"{self._describe_time(start)} – {self._describe_time(stop)}",
            "recommended": slot["recommended"],
        }

    def _get_local(self, moment, zone):
        return moment.replace(tzinfo=UTC).astimezone(zone)

    def _describe_time(self, at):
        """Return a time of day; with its zone in the hour that exists twice."""
        text = format_time(self.env, at.replace(tzinfo=None).time(), time_format="short")
        is_twice = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
        return f"{text} {at.tzname()}" if is_twice else text

    def _describe_day(self, day):
        return f"{format_date(self.env, day, date_format='EEEE')}, {self._format_day(day)}"

    def _describe_week(self, monday):
        sunday = monday + timedelta(days=6)
        return f"{self._format_day(monday)} – {self._format_day(sunday)}"

    def _format_day(self, day):
        """Return day and month in the order that the reader's language has."""
        return format_skeleton("MMMMd", day, locale=babel_locale_parse(get_lang(self.env).code))

    def _get_monday(self, day):
        return day - timedelta(days=day.weekday())

    def _choose_week(self, weeks, typed):
        """Return the Monday of the week to show: the one asked for, if there is a time in it."""
        try:
            asked = self._get_monday(date.fromisoformat(typed or ""))
        except (ValueError, OverflowError):
            asked = None
        return asked if asked in weeks else next(iter(weeks), None)

    def _group_by_day(self, slots):
        days = {}
        for slot in slots:
            days.setdefault(slot["day"], []).append(slot)
        return [
            {"label": found[0]["day_label"], "date": day.isoformat(), "slots": found}
            for day, found in days.items()
        ]
