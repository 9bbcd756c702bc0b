from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.intervals import Intervals

from ..tools.local_time import seconds
from ..tools.tours import Visit
from ..tools.travel import point


class KundenportalPlanner(models.AbstractModel):
    """When technicians work, and what they have to do already.

    The queries are as many for one technician as for fifty (but for each of their calendars), and
    read what the arithmetic needs and no more: a month of fifty technicians is six thousand visits.
    """

    _inherit = "kundenportal.planner"

    # === BUSINESS METHODS === #

    @api.model
    def _is_free(self, resource_ids, start, stop, ignore=None):
        """Tell whether technicians have nothing else to do at a time.

        Nothing booked, nothing in their calendars, no leave and no public holiday. Working hours do
        not matter: staff may plan an evening; customers only get what `_find_slot` finds.

        :param list resource_ids: ids of the technicians
        :param datetime start: in UTC
        :param datetime stop: in UTC
        :param ignore: appointments that keep nobody, nor their events
        :rtype: bool
        """
        # Whoever books need not read the calendars of those who come.
        resources_sudo = self.env["resource.resource"].sudo().browse(resource_ids)
        company = resources_sudo[:1].company_id or self.env.company
        homes = dict.fromkeys(resource_ids)
        busy = self._get_visits(
            resources_sudo, company, start, stop, homes, ignore, has_buffers=False
        )
        leaves = self._get_leaves(resources_sudo, company, start, stop)
        first, last = seconds(start), seconds(stop)
        return not any(leaves.values()) and not any(
            visit.start < last and first < visit.stop
            for visits in busy.values()
            for visit in visits
        )

    # === WORKING TIME === #

    @api.model
    def _get_work(self, resources, company, start, stop):
        """Return when technicians work: their calendars less leaves and public holidays.

        :param resources: as superuser
        :param company: our company: who has no calendar works when it does
        :param datetime start: in UTC
        :param datetime stop: in UTC
        :return: intervals ``(start, stop)`` in seconds since 1970, by id of the resource
        :rtype: dict[int, list]
        """
        bounds = start.replace(tzinfo=UTC), stop.replace(tzinfo=UTC)
        work = dict.fromkeys(resources.ids, ())
        for calendar, group in resources.grouped("calendar_id").items():
            if calendar:
                intervals = calendar._work_intervals_batch(*bounds, resources=group)
            else:
                intervals = self._get_company_hours(group, company, start, stop)
            work |= {
                resource.id: [(seconds(low), seconds(high)) for low, high, _of in found]
                for resource in group
                if (found := intervals.get(resource.id))
            }
        return work

    @api.model
    def _get_company_hours(self, resources, company, start, stop):
        """Return the company's hours less the leaves of each; Odoo would have them work all day."""
        calendar = company.resource_calendar_id
        if not calendar:
            return {}
        bounds = start.replace(tzinfo=UTC), stop.replace(tzinfo=UTC)
        hours = calendar._attendance_intervals_batch(*bounds)[False]
        leaves = self._get_leaves(resources, company, start, stop)
        return {resource.id: hours - Intervals(leaves[resource.id]) for resource in resources}

    @api.model
    def _get_leaves(self, resources, company, start, stop):
        """Return leaves and public holidays in a time, to the minute.

        Odoo makes whole days of those who have no calendar.

        :param resources: as superuser
        :param company: our company: its holidays are those of who has none
        :param datetime start: in UTC
        :param datetime stop: in UTC
        :return: intervals of aware moments and their leave, by id of the resource
        :rtype: dict[int, list]
        """
        leaves = resources.env["resource.calendar.leaves"].search(
            [
                ("time_type", "=", "leave"),
                ("resource_id", "in", [False, *resources.ids]),
                ("date_from", "<", stop),
                ("date_to", ">", start),
            ]
        )
        found = {}
        for resource in resources:
            firm = resource.company_id or company
            calendar = resource.calendar_id or firm.resource_calendar_id
            found[resource.id] = [
                (leave.date_from.replace(tzinfo=UTC), leave.date_to.replace(tzinfo=UTC), leave)
                for leave in leaves
                if leave.resource_id == resource
                or (
                    not leave.resource_id
                    and leave.company_id == firm
                    and leave.calendar_id <= calendar  # none, or this one
                )
            ]
        return found

    # === VISITS === #

    @api.model
    def _get_visits(self, resources, company, start, stop, homes, ignore=None, *, has_buffers=True):
        """Return what technicians have to do already, by id of the resource.

        :param resources: as superuser
        :param company: our company
        :param datetime start: in UTC
        :param datetime stop: in UTC
        :param dict homes: points by id of the resource, where they are for what has no place
        :param ignore: appointments that keep nobody, nor their events
        :param bool has_buffers: whether the buffers of appointments belong to them
        :rtype: dict[int, list[Visit]]
        """
        ignored = tuple(ignore.ids) if ignore else ()
        visits = defaultdict(list, {resource_id: [] for resource_id in resources.ids})
        for resource_id, *bounds, latitude, longitude in self._read_appointments(
            resources, start, stop, ignored, has_buffers
        ):
            visits[resource_id].append(Visit(*bounds, point(latitude, longitude)))
        for resource_id, low, high, first_day, last_day, has_place in self._read_events(
            resources, start, stop, ignored
        ):
            if first_day:
                low, high = self._get_days(resources.browse(resource_id), first_day, last_day)
            place = None if has_place else homes.get(resource_id)
            visits[resource_id].append(Visit(low, high, place))
        return visits

    @api.model
    def _read_appointments(self, resources, start, stop, ignored, has_buffers):
        """Return resource, start, stop, latitude and longitude of what is booked.

        Contacts without a place of their own live where their company does, see
        ``res.partner._get_point``. What was being chosen for too long counts no more.
        """
        self.env["kundenportal.appointment"].flush_model()
        self.env["kundenportal.appointment.technician"].flush_model()
        self.env["res.partner"].flush_model(["partner_latitude", "partner_longitude", "type"])
        buffers = ["appointment_before", "appointment_after"]
        self.env["kundenportal.activity.type"].flush_model(buffers)
        minutes = SQL("60 * COALESCE") if has_buffers else SQL("0 * COALESCE")
        return self.env.execute_query(
            SQL(
                """
                SELECT part.resource_id,
                       EXTRACT(epoch FROM part.start)::bigint
                           - %(minutes)s(type.appointment_before, 0),
                       EXTRACT(epoch FROM part.stop)::bigint
                           + %(minutes)s(type.appointment_after, 0),
                       CASE WHEN own.id IS NULL THEN firm.partner_latitude
                            ELSE own.partner_latitude END::float8,
                       CASE WHEN own.id IS NULL THEN firm.partner_longitude
                            ELSE own.partner_longitude END::float8
                  FROM kundenportal_appointment_technician part
                  JOIN kundenportal_appointment appointment ON appointment.id = part.appointment_id
                  JOIN kundenportal_activity activity ON activity.id = appointment.activity_id
                  JOIN kundenportal_activity_type type ON type.id = activity.type_id
             LEFT JOIN res_partner place ON place.id = appointment.address_id
             LEFT JOIN res_partner own ON own.id = place.id
                   AND (own.partner_latitude != 0 OR own.partner_longitude != 0)
             LEFT JOIN res_partner firm ON firm.id = place.parent_id AND place.type = 'contact'
                 WHERE part.blocks
                   AND part.resource_id = ANY(%(resources)s)
                   AND part.start < %(stop)s
                   AND part.stop > %(start)s
                   AND NOT part.appointment_id = ANY(%(ignored)s)
                   AND (appointment.hold_until IS NULL OR appointment.hold_until > %(now)s)
                """,
                minutes=minutes,
                resources=list(resources.ids),
                start=start,
                stop=stop,
                ignored=list(ignored),
                now=fields.Datetime.now(),
            )
        )

    @api.model
    def _read_events(self, resources, start, stop, ignored):
        """Return resource, start, stop, first and last whole day, and whether it has a place.

        Of the events in the calendars of the technicians those in which they are busy, and that
        are not an appointment which counts already.
        """
        for name in ("calendar.event", "calendar.attendee", "resource.resource"):
            self.env[name].flush_model()
        day = timedelta(days=1)  # whole days begin and end by the technician's own clock
        return self.env.execute_query(
            SQL(
                """
                SELECT resource.id,
                       EXTRACT(epoch FROM event.start)::bigint,
                       EXTRACT(epoch FROM event.stop)::bigint,
                       CASE WHEN event.allday THEN event.start_date END,
                       CASE WHEN event.allday THEN event.stop_date END,
                       COALESCE(event.location, '') != ''
                  FROM resource_resource resource
                  JOIN res_users person ON person.id = resource.user_id
                  JOIN calendar_event_res_partner_rel guest
                    ON guest.res_partner_id = person.partner_id
                  JOIN calendar_event event ON event.id = guest.calendar_event_id
             LEFT JOIN calendar_attendee attendee
                    ON attendee.event_id = event.id AND attendee.partner_id = person.partner_id
                 WHERE resource.id = ANY(%(resources)s)
                   AND event.active
                   AND event.show_as = 'busy'
                   AND COALESCE(attendee.state, '') != 'declined'
                   AND event.start < CASE WHEN event.allday THEN %(late)s ELSE %(stop)s END
                   AND event.stop > CASE WHEN event.allday THEN %(early)s ELSE %(start)s END
                   AND NOT EXISTS (
                       SELECT FROM kundenportal_appointment appointment
                         JOIN kundenportal_appointment_technician part
                           ON part.appointment_id = appointment.id
                        WHERE appointment.event_id = event.id
                          AND (part.blocks AND part.resource_id = resource.id
                               OR appointment.id = ANY(%(ignored)s))
                       )
                """,
                resources=list(resources.ids),
                start=start,
                stop=stop,
                early=start - day,
                late=stop + day,
                ignored=list(ignored),
            )
        )

    @api.model
    def _get_days(self, resource, first_day, last_day):
        """Return when whole days begin and end on a technician's clock, in seconds since 1970."""
        zone = ZoneInfo(resource.tz or "UTC")
        return (
            seconds(datetime.combine(first_day, time.min, zone)),
            seconds(datetime.combine((last_day or first_day) + timedelta(days=1), time.min, zone)),
        )
