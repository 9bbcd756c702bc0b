from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

#: What a review changes, always together.
REVIEW_FIELDS = ("review_state", "reviewed_on", "reviewer_id", "review_remark")


class KundenportalProtocol(models.Model):
    """The review of entries: marked once, by the first who does, and taken back by whoever may."""

    _inherit = "kundenportal.protocol"

    # === ACTION METHODS === #

    def action_mark_reviewed(self, remark=None):
        """Mark the open entries among these as reviewed today by the acting user.

        :param str remark: what the reviewer has to say
        :return: a notification with the numbers if there were several entries, else True
        :rtype: dict | bool
        :raise UserError: if none of them is open, naming who has reviewed the entry and when, or if
            all of them wait for a decision about their record
        """
        undecided = self._check_done()
        marked = (self - undecided)._mark_reviewed(remark, fields.Date.context_today(self))
        if len(self) == 1:
            return True
        message = self.env._("Marked as reviewed: %s.", len(marked))
        if rest := len(self - undecided - marked):
            message += " " + self.env._("Left alone because nothing was to be reviewed: %s.", rest)
        if undecided:
            message += " " + self.env._(
                "Left alone because they wait for a decision: %s.", len(undecided)
            )
            rest += len(undecided)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if rest else "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_reopen_review(self):
        """Take the review of these entries back, so that they are open again.

        :return: True
        :raise AccessError: unless the acting user marked them or is a manager of the portal
        :raise UserError: if the record of one has been decided
        """
        self._lock_review()
        done = self.filtered(lambda entry: entry.review_state == "done")
        foreign = done.filtered(lambda entry: entry.reviewer_id != self.env.user)
        if foreign and not self.env.user.has_group("kundenportal_addon.group_manager"):
            raise AccessError(
                self.env._(
                    "Only %s or a manager of the portal can take this review back.",
                    foreign[0]._get_reviewer_name(),
                )
            )
        for sentence in done._find_refusals("_check_inbox_reopen").values():
            raise UserError(sentence)
        done._write_review({**dict.fromkeys(REVIEW_FIELDS, False), "review_state": "open"})
        return True

    # === BUSINESS METHODS === #

    def _check_done(self):
        """Find those open entries among these whose records wait for a decision.

        :return: the entries
        :raise UserError: if none but these is open, in the words of the first one's record
        """
        self.check_access("write")
        still_open = self.filtered(lambda entry: entry.review_state == "open")
        refusals = still_open._find_refusals("_check_inbox_done")
        if refusals and len(refusals) == len(still_open):
            raise UserError(next(iter(refusals.values())))
        return self.browse().union(*refusals)

    def _mark_reviewed(self, remark, reviewed_on):
        """Mark the open entries among these as reviewed by the acting user.

        :param str remark: or None
        :param datetime.date reviewed_on: day of the review, not in the future
        :return: the entries that were open
        :raise UserError: if none was, or for a day in the future
        """
        if reviewed_on > fields.Date.context_today(self):
            raise UserError(self.env._("The date of the review lies in the future."))
        self._lock_review()
        still_open = self.filtered(lambda entry: entry.review_state == "open")
        if not still_open:
            raise UserError(self._get_review_refusal())
        still_open._write_review(
            {
                "review_state": "done",
                "reviewed_on": reviewed_on,
                "reviewer_id": self.env.uid,
                "review_remark": remark,
            }
        )
        return still_open

    def _lock_review(self):
        """Wait for others who are reviewing the same entries, and see what they did.

        Odoo's own lock skips rows that are locked; here the second one has to wait, to be told what
        the first did: PostgreSQL then refuses its outdated snapshot, and Odoo starts the request
        anew.

        :raise AccessError: unless the acting user may write the entries
        """
        self.check_access("write")
        if not self:
            return
        self.env.cr.execute(
            SQL(
                "SELECT FROM kundenportal_protocol WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                self._ids,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(REVIEW_FIELDS)

    def _get_review_refusal(self):
        """Return the sentence that says why none of the entries can be marked."""
        if len(self) != 1:
            return self.env._("None of these entries is waiting for a review.")
        if self.review_state != "done":
            return self.env._("This entry needs no review.")
        return self.env._(
            "This entry has already been reviewed by %(name)s on %(date)s.",
            name=self._get_reviewer_name(),
            date=format_date(self.env, self.reviewed_on),
        )

    def _get_reviewer_name(self):
        """Return who reviewed the entry, even if its login is gone."""
        reviewer_sudo = self.reviewer_id.sudo()  # only the name, which every reviewer may know
        return reviewer_sudo.name or self.env._("somebody whose login was deleted")
