import logging
import time

import requests

from odoo import api, models
from odoo.tools.lru import LRU

from ..tools.routing import pack, read_table, table_address
from ..tools.tours import ARRIVAL, DEPARTURE

_logger = logging.getLogger(__name__)

#: Seconds that all questions for one search may take together, and one of them alone.
TIME_LIMIT, ANSWER_LIMIT = 3.0, 1.5
#: Seconds for which a server that failed is left alone.
PATIENCE = 300

#: What numbers without end and lists in lists without end raise.
NONSENSE = (ArithmeticError, RecursionError)

#: What servers have answered, in this process: seconds by server and pair of points. Roads change
#: rarely, and processes are replaced.
_known = LRU(200_000)
#: Until when a server is left alone, by its address.
_resting = {}


class KundenportalPlanner(models.AbstractModel):
    """How long technicians drive: what a routing server says, else by the straight line."""

    _inherit = "kundenportal.planner"

    # === BUSINESS METHODS === #

    @api.model
    def _get_travel(self, company, job, crew):
        """Return the travel for the planner, see ``tools/travel.py``.

        A server is asked for the drives that matter only, in as few tables as will do. One that
        does not answer, or too slowly, costs little time and one warning; then, and for all that
        is not known yet, the straight line counts.

        :param company: our company, as superuser
        :param tools.slots.Job job: what is to be put in between
        :param list crew: :class:`tools.tours.Technician`
        :return: function of two points
        """
        default, server = company._get_default_travel(), company.portal_routing_url
        if not server or not job.point:
            return default
        known = self._ask_routing_server(server, self._get_trips(job, crew))
        if not known:
            return default

        def travel(origin, target):
            found = known.get((origin, target))
            return default(origin, target) if found is None else found

        return travel

    @api.model
    def _get_trips(self, job, crew):
        """Yield the trips that a search asks for, those of a day one after the other."""
        needed = job.before + job.duration + job.after
        for technician in crew:
            for tour in technician.tours:
                if tour.stop < job.earliest or tour.start > job.latest:
                    continue
                for leave, arrive, begin, end in tour.gaps:
                    origin = leave[DEPARTURE] if leave else technician.home
                    target = arrive[ARRIVAL] if arrive else technician.home
                    if end - begin >= needed:
                        yield from ((origin, job.point), (job.point, target), (origin, target))

    @api.model
    def _ask_routing_server(self, server, trips):
        """Return what is known, or can be found out in time, of some trips.

        :param str server: its address
        :param trips: pairs of points; there may be None among them
        :return: seconds by pair
        :rtype: dict[tuple, int]
        """
        wanted = {trip: None for trip in trips if trip[0] and trip[1] and trip[0] != trip[1]}
        found = {
            trip: seconds for trip in wanted if (seconds := _known.get((server, *trip))) is not None
        }
        until = time.monotonic() + TIME_LIMIT
        if _resting.get(server, 0) > time.monotonic():
            return found
        for points in pack(trip for trip in wanted if trip not in found):
            if (left := until - time.monotonic()) <= 0:
                break  # the rest is found out by the next search
            try:
                answer = self._fetch_table(table_address(server, points), min(left, ANSWER_LIMIT))
                table = read_table(answer, points)
            except (requests.RequestException, ValueError, *NONSENSE) as error:
                _resting[server] = time.monotonic() + PATIENCE
                _logger.warning("Routing server %s: %s; drives are estimated", server, error)
                break
            for trip in wanted.keys() & table.keys():
                found[trip] = _known[(server, *trip)] = table[trip]
        return found

    @api.model
    def _fetch_table(self, address, timeout):
        """Return what the server answers, as parsed from JSON; a redirection is no answer.

        :raise requests.RequestException: if it does not answer in time
        :raise ValueError: if that is no JSON
        """
        response = requests.get(address, timeout=timeout, allow_redirects=False)
        response.raise_for_status()
        return response.json()
