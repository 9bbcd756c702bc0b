from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize, format_date


class KundenportalDataChange(models.Model):
    """What staff decide about a change: reviewed, approved, rejected."""

    _inherit = "kundenportal.data.change"

    # === ACTION METHODS === #

    def action_mark_reviewed(self):
        """Mark changes that were applied at once as reviewed, by way of their protocol entries.

        :return: what the protocol's own button returns
        :raise UserError: if none is waiting for a review
        """
        if any(change.state == "pending" for change in self):
            raise UserError(self.env._("What waits for approval is approved or rejected."))
        return self.protocol_id.action_mark_reviewed()

    def action_approve(self):
        """Apply what waits, as the acting user.

        :raise UserError: if nothing waits any more, naming who decided, or if the contact was
            changed meanwhile
        :raise AccessError: if the acting user may not edit the contact or a field
        """
        if len(self) == 1:
            return self._approve()
        left = self.filtered(lambda change: change.has_conflict or change.shared_with)
        for change in self - left:
            change._approve()
        if not left:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Please look at these one by one"),
                "message": ", ".join(left.mapped("display_name")),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_approve_anyway(self):
        """Apply what waits although the contact was changed meanwhile; staff have seen both."""
        for change in self:
            change._approve(ignore_conflict=True)

    def action_reject(self):
        """Ask for the reason, which the customer is told.

        :return: an action
        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_data_change_reject_action"
        )
        return {**action, "context": {"default_change_ids": self.ids}}

    # === BUSINESS METHODS === #

    def _approve(self, lines=None, *, ignore_conflict=False):
        """Apply what waits.

        :param lines: some of the waiting lines; by default all
        :param bool ignore_conflict: whether to write over what was changed meanwhile
        """
        waiting = self._enter_decision(lines)
        conflicts = waiting.filtered("has_conflict")
        if conflicts and not ignore_conflict:
            raise UserError(
                self.env._(
                    "%(name)s was changed meanwhile: %(fields)s. Compare the values, then "
                    "approve anyway or reject.",
                    name=self.display_name,
                    fields=", ".join(conflicts.field_id.mapped("field_description")),
                )
            )
        values = {line.field_id.name: line.new_raw for line in waiting}
        login_sudo = self._find_login_to_follow(values)
        others_sudo = waiting._find_others_who_sign_in()
        if others_sudo and not ignore_conflict:
            raise UserError(
                self.env._(
                    "%(others)s signs in by this address or number, and could not any more. Ask "
                    "whose it is, then approve anyway or reject.",
                    others=", ".join(others_sudo.mapped("name")),
                )
            )
        # Not as superuser: whoever approves must have the right to the contact and its fields.
        self.partner_id.write(values)
        if login_sudo:
            login_sudo._without_security_mail().login = email_normalize(values["email"])
        self.sudo()._settle(waiting.sudo(), "approved")  # lines change by methods only
        self._log_decision("data_approved", waiting)

    def _find_login_to_follow(self, values):
        """Return the login that is the address that is about to change; it changes with it.

        :param dict values: of the contact
        :return: a user as superuser, empty if the login is something else
        :raise UserError: if the new address is another's login
        """
        user_sudo = self.partner_id.portal_user_id.sudo()  # logins are not the officer's to edit
        address = email_normalize(values.get("email"))
        if not address or user_sudo.login != self.partner_id.email_normalized:
            return user_sudo.browse()
        if self.partner_id._is_portal_login_taken(address):
            raise UserError(self.env._("The login %s is taken already.", address))
        return user_sudo

    def _reject(self, reason, lines=None):
        """Refuse what waits, and tell the customer why.

        :param str reason: for the customer to read
        :param lines: some of the waiting lines; by default all
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please enter the reason; the customer is told it."))
        waiting = self._enter_decision(lines)
        self.sudo().reason = waiting.sudo().reason = reason
        self.sudo()._settle(waiting.sudo(), "rejected")  # see `_approve`
        self._log_decision("data_rejected", waiting, reason)
        user_sudo = self.user_id.sudo()  # the login is not the officer's to read
        reader_sudo = user_sudo.partner_id
        if reader_sudo.email_normalized and reader_sudo._wants_notice("data_change"):
            template_sudo = self.env.ref("kundenportal_addon.mail_template_data_rejected").sudo()
            template_sudo.with_company(self.company_id).with_context(
                portal_lines=waiting.ids
            )._send_secret_mail(
                self.sudo(),  # the mail looks at the login
                layout="kundenportal_addon.mail_layout_notice",
            )
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _enter_decision(self, lines):
        """Start a decision: wait for others, then return the lines that still wait.

        :raise AccessError: unless the acting user may decide
        :raise UserError: if nothing waits any more
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        waiting = (lines or self.line_ids).filtered(lambda line: line.state == "pending")
        if not waiting:
            if self.decided_by_id:
                raise UserError(
                    self.env._(
                        "%(name)s decided this on %(date)s.",
                        name=self.decided_by_id.sudo().name,  # only the name
                        date=format_date(self.env, self.decided_on),
                    )
                )
            raise UserError(self.env._("Nothing of this waits for approval any more."))
        return waiting

    def _lock(self):
        """Wait for others who decide or withdraw the same change, and see what they did."""
        self.env.cr.execute(
            SQL(
                "SELECT FROM kundenportal_data_change WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
                self._ids,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset()
        self.line_ids.invalidate_recordset()

    def _settle(self, lines, state):
        """Give waiting lines their end, and the change its own once nothing waits any more.

        :param lines: of these changes, as superuser
        :param str state: of the lines
        """
        lines.write({"state": state})
        if state in ("approved", "rejected"):
            self.write({"decided_by_id": self.env.uid, "decided_on": fields.Datetime.now()})
        for change in self:
            states = set(change.line_ids.mapped("state"))
            if "pending" in states:
                continue
            final = {"replaced": "withdrawn"}.get(state, state)
            if state in ("rejected", "withdrawn", "replaced") and "approved" in states:
                final = "approved"
            change.state = final
            labels = dict(change._fields["state"]._description_selection(self.env))
            change.env["kundenportal.protocol"]._close_for(change, labels[final])

    def _log_decision(self, kind, lines, reason=None):
        note = ", ".join(lines.field_id.mapped("field_description"))
        self.env["kundenportal.protocol"]._log(
            kind,
            self.partner_id,
            note=": ".join(filter(None, (note, reason))),
            record=self,
            company=self.company_id,
        )
