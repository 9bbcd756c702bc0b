from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

#: How long a customer is reminded of what was rejected.
REJECTED_DAYS = 30


class KundenportalDataChange(models.Model):
    """What customers see of their changes; they have no access to the model itself."""

    _inherit = "kundenportal.data.change"

    # === BUSINESS METHODS === #

    @api.model
    def _find_for_customer(self, change_id):
        """Return a change of data that the acting customer may edit; the gate of its pages.

        :param int change_id: as the browser sent it
        :return: the change as superuser
        :raise AccessError: without saying whether there is such a change
        """
        change_sudo = self.sudo().browse(change_id).exists()  # checked in the next line
        partner_sudo = change_sudo.partner_id
        level = self.env.user._get_portal_level()
        if not level or not partner_sudo or not partner_sudo._is_customers_to_edit():
            raise AccessError(self.env._("There is no such change."))
        return change_sudo

    @api.model
    def _prepare_for_customer(self, partners):
        """Return what waits of the contacts' data, and what was rejected lately.

        :param partners: contacts that the acting customer may edit
        :return: newest first, per change and state: ``id``, ``partner_id``, ``state``, ``date``,
            ``reason`` and ``lines`` (each ``field``, ``label`` and ``value``)
        :rtype: list[dict]
        """
        lines_sudo = self.env["kundenportal.data.change.line"].sudo()  # see the class
        since = fields.Datetime.now() - timedelta(days=REJECTED_DAYS)
        found_sudo = lines_sudo.search(
            [
                ("change_id.partner_id", "in", partners.ids),
                "|",
                ("state", "=", "pending"),
                "&",
                ("state", "in", ("approved", "rejected")),
                ("write_date", ">=", since),
            ],
            order="id desc",
        )
        rows, seen = {}, set()
        for line in found_sudo:
            change, field = line.change_id, line.field_id
            key = change.partner_id, field
            # Only the latest word about a field is of interest.
            if key in seen or line.state == "approved":
                seen.add(key)
                continue
            seen.add(key)
            row = rows.setdefault(
                (change, line.state, line.reason),
                {
                    "id": change.id,
                    "partner_id": change.partner_id.id,
                    "state": line.state,
                    "date": change.create_date,
                    "reason": line.reason or "",
                    "lines": [],
                },
            )
            row["lines"].append(
                {
                    "field": field.name,
                    "label": field.field_description,
                    "value": line.new_value or self.env._("(empty)"),
                }
            )
        return list(rows.values())

    @api.model
    def _get_latest_line(self):
        """Return the id of the latest line there is, to be compared with after an edit."""
        lines_sudo = self.env["kundenportal.data.change.line"].sudo()  # see the class
        return lines_sudo.search([], order="id desc", limit=1).id or 0

    @api.model
    def _get_outcome(self, partners, latest):
        """Tell what became of the edit that the acting customer has just made.

        :param partners: the contacts that it can have touched
        :param int latest: what `_get_latest_line` said before
        :return: ``"saved"``, ``"requested"``, ``"saved_requested"`` or ``"unchanged"``
        :rtype: str
        """
        lines_sudo = self.env["kundenportal.data.change.line"].sudo()  # see the class
        found_sudo = lines_sudo.search(
            [
                ("id", ">", latest),
                ("change_id.partner_id", "in", partners.ids),
                ("change_id.user_id", "=", self.env.uid),
            ]
        )
        states = set(found_sudo.mapped("state"))
        if "pending" not in states:
            return "saved" if states else "unchanged"
        return "saved_requested" if "applied" in states else "requested"
