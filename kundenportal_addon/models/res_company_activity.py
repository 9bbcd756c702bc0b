from datetime import UTC

from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _plan_portal_hours(self, hours, start):
        """Return when a number of our working hours have passed; holidays do not count.

        :param float hours: working hours
        :param datetime start: in UTC, without a time zone, as Odoo keeps it
        :return: in UTC, without a time zone; False for no hours
        :rtype: datetime | bool
        """
        self.ensure_one()
        calendar_sudo = self.sudo().resource_calendar_id  # customers cause cases, too
        if not hours or not calendar_sudo:
            return False
        end = calendar_sudo.plan_hours(hours, start.replace(tzinfo=UTC), compute_leaves=True)
        return end and end.astimezone(UTC).replace(tzinfo=None)
