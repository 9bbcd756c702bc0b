from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize
from odoo.tools.sql import escape_psql

from ..const import PORTAL_LEVELS
from ..tools.email_address import parse_email


class ResPartner(models.Model):
    """What main users do with the access of a colleague; see `_enter_colleague` for who may.

    Each action returns a code for the sentence that the page shows. Where the company wants to
    approve, what widens somebody's access waits as a `kundenportal.access.request`; what narrows it
    never waits.
    """

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    def _invite_colleague(self, level, email=None):
        """Give a colleague access.

        :param str level: ``"user"`` or ``"main_user"``
        :param str email: for a contact that has no address yet; else it is left alone
        :return: ``"invited"`` or ``"requested"``
        :raise UserError: with a sentence, if it cannot be done
        """
        colleague_sudo = self._enter_colleague()
        colleague_sudo._check_not_blocked()
        colleague_sudo._check_level(level)
        if colleague_sudo.portal_access != "none":
            raise UserError(self.env._("%s has access already.", colleague_sudo.name))
        if not colleague_sudo.email and email:
            if refusal := colleague_sudo._get_address_refusal(email):
                raise UserError(refusal)
            # It belongs to the invitation, which is logged; nothing to approve beside that.
            colleague_sudo._as_inner().email = email_normalize(email)
        if refusal := colleague_sudo._get_address_refusal(colleague_sudo.email):
            raise UserError(refusal)
        self._throttle_colleagues()
        if self._needs_approval():
            self.env["kundenportal.access.request"]._open_for(colleague_sudo, level)
            return "requested"
        colleague_sudo._put_on_level(level)
        return "invited"

    def _change_colleague_level(self, level):
        """Put a colleague, or oneself, on another level; the last main user stays one.

        :param str level: ``"user"`` or ``"main_user"``
        :return: ``"unchanged"``, ``"level_changed"`` or ``"requested"``
        :raise UserError: with a sentence, if it cannot be done
        """
        colleague_sudo = self._enter_colleague()
        colleague_sudo._check_not_blocked()
        colleague_sudo._check_level(level)
        colleague_sudo._check_has_access()
        if level == colleague_sudo.portal_access:
            return "unchanged"
        requests = self.env["kundenportal.access.request"]
        if level == "main_user" and self._needs_approval():
            waiting = requests._get_open(colleague_sudo)
            requests._open_for(colleague_sudo, level, waiting.function_ids)
            return "requested"
        if level == "user":
            colleague_sudo._check_main_user_remains()
            requests._get_open(colleague_sudo)._withdraw()
        colleague_sudo._put_on_level(level)
        return "level_changed"

    def _set_colleague_functions(self, functions):
        """Let a colleague have exactly these of the functions that a main user may tick.

        :param functions: those ticked; any that may not be are ignored
        :return: ``"unchanged"``, ``"functions_changed"`` or ``"requested"``
        :raise UserError: for oneself, a blocked contact or one without access
        """
        colleague_sudo = self._enter_colleague()
        colleague_sudo._check_not_blocked()
        colleague_sudo._check_has_access()
        if colleague_sudo == self.env.user.partner_id:
            raise UserError(self.env._("Your own functions are another main user's to change."))
        tickable = colleague_sudo._get_tickable_functions()
        had = tickable - colleague_sudo.portal_main_withheld_function_ids
        added = (tickable & functions) - had
        now = had & functions
        if not self._needs_approval():
            now |= added
            added = added.browse()
        if now != had:
            colleague_sudo._write_functions(tickable, had, now)
        if self._request_functions(colleague_sudo, added):
            return "requested"
        return "functions_changed" if now != had else "unchanged"

    def _revoke_colleague(self):
        """Take a colleague's access away; it cannot ask for a new one itself.

        :return: ``"revoked"``
        :raise UserError: for oneself, the last main user or a contact without access
        """
        colleague_sudo = self._enter_colleague()
        colleague_sudo._check_has_access()
        colleague_sudo._check_is_other()
        colleague_sudo._check_main_user_remains()
        colleague_sudo._close_access()
        return "revoked"

    def _invite_colleague_again(self):
        """Send the invitation again to a colleague that never signed in.

        :return: ``"invited"``
        :raise UserError: with a sentence, if there is nothing to send or nowhere to send it to
        """
        colleague_sudo = self._enter_colleague()
        colleague_sudo._check_not_blocked()
        if colleague_sudo.portal_state != "invited":
            raise UserError(self.env._("%s needs no invitation.", colleague_sudo.name))
        if not colleague_sudo.email_normalized:
            raise UserError(self._get_address_refusal(False))
        self._throttle_colleagues()
        colleague_sudo.portal_user_id._send_portal_invitation()
        return "invited"

    def _withdraw_colleague_request(self):
        """Take back what waits for approval.

        :return: ``"withdrawn"`` or ``"unchanged"``
        """
        colleague_sudo = self._enter_colleague()
        waiting = self.env["kundenportal.access.request"]._get_open(colleague_sudo)
        waiting._withdraw()
        return "withdrawn" if waiting else "unchanged"

    # === STEPS === #

    def _needs_approval(self):
        return self.env.user.sudo().company_id.portal_colleague_approval  # see _find_colleague

    def _check_level(self, level):
        if level not in dict(PORTAL_LEVELS):
            raise UserError(self.env._("Please choose a level."))

    def _check_has_access(self):
        if self.portal_access == "none":
            raise UserError(self.env._("%s has no access.", self.name))

    def _check_is_other(self):
        if self == self.env.user.partner_id:
            raise UserError(
                self.env._("Another main user has to do this: nobody takes its own access away.")
            )

    def _get_address_refusal(self, email):
        """Say why a contact cannot be invited by an address, without telling whose it is.

        :param str email: as typed
        :return: a sentence, or None
        :raise UserError: after too many addresses that were somebody else's
        """
        address = parse_email(email)
        if not address:
            if email:
                return self.env._("This is no e-mail address.")
            return self.env._("An invitation needs an e-mail address.")
        Users_sudo = self.env["res.users"].sudo().with_context(active_test=False)  # of everybody
        taken = Domain("login", "=ilike", escape_psql(address)) | (
            # Ours, by which they ask for another password.
            Domain("share", "=", False) & Domain("email_normalized", "=", address)
        )
        if Users_sudo.search_count(taken & Domain("partner_id", "not in", self.ids), limit=1):
            self._throttle_colleagues()  # nobody tries out who has a login
            return self.env._("This e-mail address cannot be used here. Please ask us.")
        return None

    def _throttle_colleagues(self):
        """Count an invitation or a new contact of the acting main user.

        :raise UserError: if it is one too many
        """
        if refusal := self.env["kundenportal.throttle"]._get_refusal(
            "colleague_invitation", user=self.env.uid
        ):
            raise UserError(refusal)

    def _put_on_level(self, level):
        """Give the contact access on a level, or another level.

        :raise UserError: if that is refused
        """
        result = self._grant_portal_access(level)[self]
        if result not in ("granted", "level_changed", "had_it"):
            raise UserError(self.env._("%s could not be given access. Please ask us.", self.name))
        self.portal_closed_on = False

    def _close_access(self):
        """End a contact's access, with what waits for approval, and keep it from asking anew."""
        self.env["kundenportal.access.request"]._get_open(self)._withdraw()
        self._revoke_portal_access()
        self.portal_closed_on = fields.Datetime.now()

    def _write_functions(self, tickable, had, now):
        """Write what main users took from the contact, and what it had before and has now."""
        self.portal_main_withheld_function_ids = [
            *(Command.link(function.id) for function in tickable - now),
            *(Command.unlink(function.id) for function in now),
        ]
        nothing = self.env._("nothing")
        note = " → ".join(", ".join(names.mapped("name")) or nothing for names in (had, now))
        self.env["kundenportal.protocol"]._log("functions_changed", self, note=note)

    def _request_functions(self, colleague_sudo, added):
        """Bring what waits for approval in line with the functions that are to be added.

        :return: the request, empty if there is nothing to ask for
        """
        requests = self.env["kundenportal.access.request"]
        waiting = requests._get_open(colleague_sudo)
        if waiting.function_ids == added:
            return waiting if added else requests
        level = waiting.level or colleague_sudo.portal_access
        if added or level != colleague_sudo.portal_access:
            return requests._open_for(colleague_sudo, level, added)
        waiting._withdraw()
        return requests
