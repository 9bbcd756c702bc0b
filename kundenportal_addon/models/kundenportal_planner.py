from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..tools.local_time import DAY, Grid, moment, seconds
from ..tools.slots import Job, find_slots
from ..tools.tours import Technician

MINUTE, HOUR = 60, 3600

#: How many slots are recommended.
RECOMMENDED = 3


class KundenportalPlanner(models.AbstractModel):
    """Finds out when somebody can come for a case.

    Which times there are, and which of them are best, is arithmetic, see ``tools/slots.py``. Here
    is gathered what it needs, for all technicians at once: who they are and what the case needs
    (this file), when they work and what they have to do already (``…_busy.py``), how long they
    drive (``…_travel.py``).

    Customers ask, too: everything is read as superuser, and what is returned names nobody but the
    ids of technicians, which pages do not show.
    """

    _name = "kundenportal.planner"
    _description = "Planner of Appointments"

    # === BUSINESS METHODS === #

    @api.model
    def _find_slots(self, case, start, stop, limit=None, *, moments=None, **options):
        """Return when somebody can come for a case.

        :param case: the case, whose type says how long it takes and who is needed
        :param datetime start: when an appointment begins at the earliest, in UTC
        :param datetime stop: when it ends at the latest, in UTC
        :param int limit: at most so many
        :param list moments: only times that begin at one of these, in UTC, instead of on the
            type's grid
        :param options: ``is_urgent`` (no lead time, as for staff), ``ignore`` (appointments that
            keep nobody, such as the one that is moved), ``resources`` (of whom those come)
        :return: the recommended ones first, then the others in time; dicts ``start``, ``stop``
            (UTC), ``resource_ids`` (list of ids), ``added_travel`` (minutes, all technicians
            together), ``is_known`` (False if a drive had to be guessed), ``recommended``
        :rtype: list[dict]
        """
        case_sudo = case.sudo()  # see the class's docstring
        case_type, company = case_sudo.type_id, case_sudo.company_id
        earliest = self._get_earliest(case_sudo, start, options.get("is_urgent"))
        resources = options.get("resources")
        if resources is None:
            resources = self._get_resources(case_sudo)
        if not resources or earliest >= stop:
            return []
        job = self._get_job(case_sudo, earliest, stop)
        crew = self._get_crew(resources, case_sudo, earliest, stop, options.get("ignore"))
        slots = find_slots(
            crew,
            job,
            travel=self._get_travel(company, job, crew),
            zone=self._get_zone(company),
            now=seconds(earliest),
            step=int(case_type.appointment_step or 30) * MINUTE,
            default_travel=company.portal_travel_minutes * MINUTE,
            recommend=RECOMMENDED,
            moments=None if moments is None else [seconds(each) for each in moments],
        )
        return [self._prepare_slot(slot) for slot in slots[:limit]]

    @api.model
    def _find_slot(self, case, start, **options):
        """Return the slot that begins at a moment, if it is to be had.

        What was shown is asked again like this when it is chosen: hours, absences, other work, the
        way there, the lead time.

        :param case: the case
        :param datetime start: in UTC; a time on the type's grid unless ``is_exact`` is given
        :param options: see `_find_slots`; and ``is_exact`` for a time that staff have offered
        :return: as `_find_slots` does; None if nobody can come then
        :rtype: dict | None
        """
        if not options.pop("is_exact", False) and not self._is_on_grid(case, start):
            return None
        stop = start + self._get_longest(case)
        return next(iter(self._find_slots(case, start, stop, moments=[start], **options)), None)

    @api.model
    def _get_horizon(self, case):
        """Return between which moments customers can choose.

        :return: the first and the last, in UTC
        :rtype: tuple[datetime, datetime]
        """
        now = fields.Datetime.now()
        case_type_sudo = case.sudo().type_id  # see the class's docstring
        return now, now + timedelta(days=case_type_sudo.appointment_days or 30)

    # === TOOLING: WHAT IS NEEDED === #

    @api.model
    def _get_earliest(self, case_sudo, start, is_urgent):
        """Return when an appointment can begin: not in the past, nor within the lead time."""
        now = fields.Datetime.now()
        lead = 0 if is_urgent else case_sudo.type_id.appointment_lead_hours
        return max(start, now + timedelta(hours=lead))

    @api.model
    def _get_longest(self, case):
        """Return how long an appointment can take, breaks included."""
        case_type_sudo = case.sudo().type_id  # see the class's docstring
        pauses = 2 * case_type_sudo.appointment_break if case_type_sudo.appointment_break else 0
        return timedelta(minutes=case_type_sudo.appointment_minutes + pauses)

    @api.model
    def _get_resources(self, case_sudo):
        """Return who could come for a case: its team, else its type's, else everybody."""
        team = case_sudo.team_id or case_sudo.type_id.team_id
        return team._get_technicians(case_sudo.company_id)

    @api.model
    def _get_job(self, case_sudo, earliest, latest):
        case_type = case_sudo.type_id
        return Job(
            duration=case_type.appointment_minutes * MINUTE,
            point=case_sudo.location_id._get_point(),
            technicians=case_type.appointment_technicians,
            skills=frozenset(case_type.skill_ids.ids),
            earliest=seconds(earliest),
            latest=seconds(latest),
            before=case_type.appointment_before * MINUTE,
            after=case_type.appointment_after * MINUTE,
            pause=case_type.appointment_break * MINUTE,
        )

    @api.model
    def _get_crew(self, resources, case_sudo, start, stop, ignore=None):
        """Return the technicians as the arithmetic wants them, a day longer at both ends.

        The first and the last day are needed as a whole: what comes before and after a job decides
        about the way.

        :param resources: who could come
        :param case_sudo: the case, which says whose they are and what they must be able to do
        :param datetime start: in UTC
        :param datetime stop: in UTC
        :param ignore: appointments that keep nobody
        :rtype: list[Technician]
        """
        company = case_sudo.company_id
        start, stop = start - timedelta(seconds=DAY), stop + timedelta(seconds=DAY)
        work = self._get_work(resources, company, start, stop)
        home = resources._get_start_points(company)
        visits = self._get_visits(resources, company, start, stop, home, ignore)
        skills = resources._get_portal_skills(case_sudo.type_id.skill_ids)
        return [
            Technician(
                resource.id,
                work[resource.id],
                visits[resource.id],
                home[resource.id],
                resource.portal_home_trips or "inside",
                skills[resource.id],
            )
            for resource in resources
        ]

    @api.model
    def _get_zone(self, company):
        """Return on whose clock appointments begin at full hours: our company's."""
        return ZoneInfo(company._get_portal_zone())

    @api.model
    def _is_on_grid(self, case, start):
        """Tell whether appointments of the case's type may begin at a moment."""
        case_sudo, at = case.sudo(), seconds(start)  # see the class's docstring
        step = int(case_sudo.type_id.appointment_step or 30) * MINUTE
        return bool(Grid(self._get_zone(case_sudo.company_id), step, at, at).between(at, at))

    @api.model
    def _prepare_slot(self, slot):
        return {
            "start": moment(slot.start),
            "stop": moment(slot.stop),
            "resource_ids": list(slot.technicians),
            "added_travel": -(-slot.added // MINUTE),
            "is_known": slot.known,
            "recommended": slot.recommended,
        }
