from odoo import models, tools


class ResUsers(models.Model):
    """Which announcements a portal user sees, without a query: all pages ask."""

    _inherit = "res.users"

    def _get_announcements(self):
        """Return the announcements that run now and are meant for the user.

        :return: the most important first
        :rtype: list[CachedAnnouncement]
        """
        self.ensure_one()
        if not self._has_portal_function("announcements"):
            return []
        company = self.sudo().company_id  # customers read neither logins nor companies
        cached = company._get_cached_announcements()
        today = cached and company._get_portal_today()
        return [row for row in cached if row.is_running(today) and self._is_audience_of(row)]

    def _is_audience_of(self, row):
        """Tell whether an announcement is meant for the user, who has the function.

        :param CachedAnnouncement row: as it is cached
        """
        if row.level and row.level != self._get_portal_level():
            return False
        if row.group_ids is not None and row.group_ids.isdisjoint(self.sudo()._get_group_ids()):
            return False
        if row.partner_ids is None and row.category_ids is None:
            return True
        company_id, category_ids = self._get_announcement_traits()
        if row.partner_ids is not None and company_id not in row.partner_ids:
            return False
        return row.category_ids is None or not row.category_ids.isdisjoint(category_ids)

    @tools.ormcache("self.id")
    def _get_announcement_traits(self):
        """Return what audiences are chosen by.

        :return: id of the user's company, and ids of the customer groups of both
        :rtype: tuple[int, frozenset[int]]
        """
        partner_sudo = self.sudo().partner_id  # groups are the staff's to know
        company_sudo = partner_sudo.commercial_partner_id
        groups = (partner_sudo | company_sudo).category_id.filtered(
            lambda category: category.active and category.is_portal_group
        )
        return company_sudo.id, frozenset(groups.ids)

    def _get_hidden_announcements(self):
        """Return what the user does not want to see in banners any more, of what is current.

        :return: ``{id of the announcement, as text: revision}``, as sessions keep it
        :rtype: dict[str, int]
        """
        self.ensure_one()
        rows = {(row.id, row.revision) for row in self._get_announcements()}
        if not rows:
            return {}
        # Customers have no access to the table; these are the user's own.
        receipts_sudo = (
            self.env["kundenportal.announcement.receipt"]
            .sudo()
            .search_fetch(
                [
                    ("partner_id", "=", self.sudo().partner_id.id),
                    ("announcement_id", "in", [row[0] for row in rows]),
                    ("hidden_on", "!=", False),
                ],
                ["announcement_id", "revision"],
            )
        )
        return {
            str(receipt.announcement_id.id): receipt.revision
            for receipt in receipts_sudo
            if (receipt.announcement_id.id, receipt.revision) in rows
        }
