from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import fields, models, tools

from .kundenportal_announcement import IMPORTANCE
from .res_partner_reachability import DEFAULT_ZONE


class CachedAnnouncement(NamedTuple):
    """What every page needs of an announcement; `None` in the audience means everybody."""

    id: int
    revision: int
    title: str
    importance: str
    publish_on: date
    remove_after: date | None
    revised_on: datetime | None
    level: str | None
    category_ids: frozenset | None
    group_ids: frozenset | None
    partner_ids: frozenset | None

    def is_running(self, today):
        """Tell whether customers may see it on a day."""
        return self.publish_on <= today and (not self.remove_after or today <= self.remove_after)


class ResCompany(models.Model):
    """The announcements of a company, and what day it is there, from a cache: all pages ask."""

    _inherit = "res.company"

    def _get_portal_today(self):
        """Return the present day where the company is.

        :rtype: datetime.date
        """
        self.ensure_one()
        now = fields.Datetime.now().replace(tzinfo=UTC)
        return now.astimezone(ZoneInfo(self._get_portal_zone())).date()

    @tools.ormcache("self.id")
    def _get_portal_zone(self):
        """Return the name of the time zone that the company's days are meant in."""
        return self.sudo().partner_id.tz or DEFAULT_ZONE  # no customer's to read

    @tools.ormcache("self.id")
    def _get_cached_announcements(self):
        """Return what is published, future days included: dates are compared at each view.

        :return: the most important first, then the newest
        :rtype: tuple[CachedAnnouncement]
        """
        rank = [code for code, _label in IMPORTANCE].index
        published_sudo = (
            self.env["kundenportal.announcement"]
            .sudo()  # customers do not read the model
            .search(
                [("company_id", "=", self.id), ("state", "in", ["published", "scheduled"])],
                order="publish_on desc, id desc",
            )
            .sorted(lambda announcement: -rank(announcement.importance))
        )
        return tuple(self._cache_announcement(announcement) for announcement in published_sudo)

    def _cache_announcement(self, announcement):
        def ids_of(records):
            return frozenset(records.ids) if is_narrowed and records else None

        is_narrowed = announcement.audience == "chosen"
        return CachedAnnouncement(
            id=announcement.id,
            revision=announcement.revision,
            title=announcement.title,
            importance=announcement.importance,
            publish_on=announcement.publish_on,
            remove_after=announcement.remove_after or None,
            revised_on=announcement.revised_on or None,
            level=(is_narrowed and announcement.level) or None,
            category_ids=ids_of(announcement.category_ids),
            group_ids=ids_of(announcement.function_ids.group_id),
            partner_ids=ids_of(announcement.partner_ids),
        )
