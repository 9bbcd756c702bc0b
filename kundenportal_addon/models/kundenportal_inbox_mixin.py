from odoo import models
from odoo.exceptions import UserError


class KundenportalInboxMixin(models.AbstractModel):
    """A record that waits in the inbox, and is decided there by its own buttons.

    The inbox itself is a view of the protocol: the record writes an entry of a kind that belongs
    there (``kundenportal.protocol._log(…, record=self)``) and closes it when it has been dealt
    with, wherever that was (``kundenportal.protocol._close_for(self)``). What this adds: the row
    offers the steps that the record has at the moment, and cannot be ticked off instead of taking
    one. A model with a ``state`` says by three attributes what it needs; others override the hooks.
    """

    _name = "kundenportal.inbox.mixin"
    _description = "Record That Waits in the Inbox"

    #: Step that a row can offer → the record's public method that takes it.
    _inbox_step_methods = {"approve": "action_approve", "decline": "action_decline"}
    #: States in which the steps are offered and the entry stays open until one of them is taken.
    _inbox_undecided_states = ()
    #: States that nothing leads out of: an entry that was closed with them is not opened again.
    _inbox_decided_states = ()

    # === HOOKS === #

    def _get_inbox_steps(self):
        """Return what can be done with these records; asked for all rows of a list at once.

        Called with the rights of whoever reads the list, for records that it may read.

        :return: per id the steps, keys of `_inbox_step_methods`
        :rtype: dict[int, tuple[str, ...]]
        """
        steps = tuple(self._inbox_step_methods)
        return {
            record.id: steps if record.state in self._inbox_undecided_states else ()
            for record in self
        }

    def _take_inbox_step(self, step):
        """Run the record's own action, with the rights of whoever clicked.

        :param str step: a key of `_inbox_step_methods`
        :return: what the action returns, such as a dialog to open
        :raise UserError: if it cannot be taken, in the action's own words
        """
        self.ensure_one()
        if step not in self._inbox_step_methods:
            raise UserError(self.env._("“%s” does not offer this step.", self.display_name))
        return getattr(self, self._inbox_step_methods[step])()

    def _check_inbox_done(self):
        """Refuse that the entry is marked as done while the record waits for a decision.

        Called as superuser: whether a decision is due does not depend on who asks.

        :raise UserError: with the sentence for the staff
        """
        self.ensure_one()
        if self._get_inbox_steps()[self.id]:
            raise UserError(
                self.env._(
                    "“%s” waits for a decision: approve or decline it. The entry then closes by "
                    "itself.",
                    self.display_name,
                )
            )

    def _check_inbox_reopen(self):
        """Refuse that the entry is opened again after the record was decided.

        Called as superuser, as `_check_inbox_done`.

        :raise UserError: with the sentence for the staff
        """
        self.ensure_one()
        if self.state in self._inbox_decided_states:
            raise UserError(
                self.env._(
                    "“%s” has been decided; taking the entry back would not change that.",
                    self.display_name,
                )
            )
