from datetime import timedelta

from odoo.fields import Command

from .common import PortalFixture


class AnnouncementFixture(PortalFixture):
    """Mixin: everybody has the function, and nothing is announced yet."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.announcements = cls.env["kundenportal.announcement"]
        cls.announcements.search([]).unlink()  # of the demo
        cls.company.portal_default_function_ids |= cls.functions["announcements"]
        cls.company.partner_id.tz = "Europe/Berlin"
        return result

    @classmethod
    def _announce(cls, title="Inventory on Friday", *, days=0, last=None, published=True, **values):
        """Create an announcement to everybody.

        :param int days: first day, from today
        :param int last: last day, from today
        """
        today = cls.company._get_portal_today()
        announcement = cls.announcements.create(
            {
                "title": title,
                "body": f"<p>All about: {title}</p>",
                "publish_on": today + timedelta(days=days),
                "remove_after": last is not None and today + timedelta(days=last),
                **values,
            }
        )
        if published:
            announcement.action_publish()
        return announcement

    @classmethod
    def _announce_to(cls, **criteria):
        return cls._announce(audience="chosen", **criteria)

    @classmethod
    def _create_group(cls, *partners):
        return cls.env["res.partner.category"].create(
            {
                "name": "Test group",
                "is_portal_group": True,
                "partner_ids": [Command.set([partner.id for partner in partners])],
            }
        )

    def receipts_of(self, announcement):
        """Return what became of the announcement with whom, of all its revisions."""
        receipts = self.env["kundenportal.announcement.receipt"]
        return receipts.search([("announcement_id", "=", announcement.id)])

    def seen_by(self, contact):
        """Return the announcements that the contact sees, in their order."""
        rows = contact.user_ids._get_announcements()
        return self.announcements.browse([row.id for row in rows])
