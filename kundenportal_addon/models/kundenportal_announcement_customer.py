from psycopg2.errors import ForeignKeyViolation

from odoo import api, models


class KundenportalAnnouncement(models.Model):
    """What customers do with announcements."""

    _inherit = "kundenportal.announcement"

    @api.model
    def _find_for_customer(self, announcement_id):
        """Return an announcement that runs and is meant for the acting user.

        The caches say whom it is meant for, the database whether it still runs.

        :param int announcement_id: id that the browser sent
        :return: as superuser; empty if there is none, or none for this user
        """
        announcement_sudo = self.sudo().browse()  # customers have no access; this is their door
        if any(row.id == announcement_id for row in self.env.user._get_announcements()):
            announcement_sudo = announcement_sudo.browse(announcement_id).exists()
        return announcement_sudo.filtered(lambda announcement: announcement._is_running())

    def _mark_read(self):
        """Note that the acting user has read this revision, and when first.

        :return: False if the announcement was deleted in this moment
        :rtype: bool
        """
        self.ensure_one()
        user = self.env.user
        if not self._note_seen("read_on"):
            return False
        if user._is_protocolled():
            user._log_portal_user(
                "announcement_read",
                note=self.title,
                record=self,
                once_key=f"{user.id}:{self.id}:{self.revision}",
            )
        return True

    def _hide_for_good(self):
        """Note that the acting user does not want to see this revision in banners any more.

        :return: False if the announcement was deleted in this moment
        :rtype: bool
        """
        self.ensure_one()
        return self._note_seen("hidden_on")

    def _note_seen(self, field_name):
        try:
            with self.env.cr.savepoint():
                self.env["kundenportal.announcement.receipt"]._note(
                    self, self.env.user.partner_id, field_name
                )
        except ForeignKeyViolation:
            return False
        return True
