from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResPartner(models.Model):
    """Colleagues who leave: reported by a main user, looked at by the staff."""

    _inherit = "res.partner"

    portal_left_on = fields.Date(
        string="Reported as Gone on",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="A main user of the company says that the contact does not work there any more.",
    )
    portal_closed_on = fields.Datetime(
        string="Access Taken by a Main User on",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Until it is given access again, the contact cannot ask for it itself.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Leave behind what main users of the former company wanted, when a contact moves."""
        before = {}
        if "parent_id" in vals:
            before = {partner: partner.commercial_partner_id for partner in self}
        result = super().write(vals)
        moved = self.browse(
            partner.id for partner, old in before.items() if partner.commercial_partner_id != old
        )
        if moved:
            moved.sudo()._forget_former_colleagues()  # officers' and main users' fields
        return result

    # === ACTIONS === #

    def action_portal_confirm_left(self):
        """Archive contacts that have left, and close the reviews about it (button).

        :raise AccessError: unless the acting user may write the contacts
        """
        self.check_access("write")
        self.action_archive()
        self.env["kundenportal.protocol"]._close_for(self, self.env._("Archived"))

    def action_portal_still_there(self):
        """Take back that contacts have left, and close the reviews about it (button).

        :raise AccessError: unless the acting user may write the contacts
        """
        self.check_access("write")
        self.portal_left_on = False
        self.env["kundenportal.protocol"]._close_for(self, self.env._("Still there"))

    # === BUSINESS METHODS === #

    def _forget_former_colleagues(self):
        """Drop requests for the contacts and what main users took from them."""
        self.env["kundenportal.access.request"]._get_open(self)._withdraw()
        self.write(
            {
                "portal_left_on": False,
                "portal_closed_on": False,
                "portal_main_withheld_function_ids": [(5, 0, 0)],
            }
        )

    def _report_colleague_gone(self, successor_id):
        """Report a colleague as gone: no access any more, and somebody else has what is open.

        The contact is not archived, that is for the staff to decide.

        :param int successor_id: who takes over, one of `_get_successors`
        :return: ``"gone"``
        :raise UserError: for oneself, the last main user, or without a successor
        """
        colleague_sudo = self._enter_colleague()
        colleague_sudo._check_is_other()
        colleague_sudo._check_main_user_remains()
        successor_sudo = colleague_sudo._get_successors().filtered(
            lambda partner: partner.id == successor_id
        )
        if not successor_sudo:
            raise UserError(self.env._("Please choose who takes over."))
        colleague_sudo._close_access()
        protocol = self.env["kundenportal.protocol"]
        if moved := colleague_sudo._hand_over_to(successor_sudo):
            what = ", ".join(f"{label}: {number}" for label, number in moved)
            protocol._log(
                "documents_handed_over", colleague_sudo, f"{what} → {successor_sudo.name}"
            )
        colleague_sudo.portal_left_on = fields.Date.context_today(self)
        protocol._log("contact_left", colleague_sudo, record=colleague_sudo)
        return "gone"

    def _get_successors(self):
        """Return the colleagues with access who can take over from the contact, as superuser."""
        company = self._get_colleagues_company()
        return self.sudo().search(  # the contact was found through the gate
            self._get_colleague_domain(company)
            & Domain("id", "!=", self.id)
            & Domain("portal_switch", "!=", "blocked")
            & Domain("portal_access", "in", ["user", "main_user"]),
            order="name, id",
        )

    def _may_have_portal_access(self):
        """Keep out whom a main user has put out, or added while the staff want to approve."""
        if self.portal_access == "none" and (
            self.portal_left_on or self.portal_closed_on or self._is_unseen_addition()
        ):
            return False
        return super()._may_have_portal_access()

    def _is_unseen_addition(self):
        """Tell whether a main user added the contact and the staff have still to approve of it."""
        return self._get_portal_company().portal_colleague_approval and bool(
            self.env["kundenportal.protocol"]
            .sudo()  # whoever asks for access is nobody yet
            .search_count(
                [
                    ("partner_id", "=", self.id),
                    ("kind_id.code", "=", "contact_added"),
                    ("review_state", "=", "open"),
                ],
                limit=1,
            )
        )

    # === HOOKS: WHAT IS HANDED OVER === #

    def _get_handover_counts(self):
        """Count what is open for the contact and would go to its successor.

        Hook: each feature adds its own line.

        :return: pairs ``(label, number)``, none with 0
        :rtype: list[tuple[str, int]]
        """
        number = len(self._get_open_quotations())
        return [(self.env._("Open quotations"), number)] if number else []

    def _hand_over_to(self, successor):
        """Make another contact of the company the one for everything that is open.

        Hook: each feature hands over its own.

        :param res.partner successor: as superuser
        :return: what was handed over, as `_get_handover_counts` says it
        :rtype: list[tuple[str, int]]
        """
        counts = self._get_handover_counts()
        self._get_open_quotations()._hand_over_to(self, successor)
        return counts

    def _get_open_quotations(self):
        """Return the contact's quotations that are not answered yet, made for its company."""
        return (
            self.env["sale.order"]
            .sudo()  # called past the gate; nothing of them is shown but their number
            .search(
                [
                    ("partner_id", "=", self.id),
                    ("portal_commercial_partner_id", "=", self.commercial_partner_id.id),
                    ("state", "in", ("draft", "sent")),
                ]
            )
        )
