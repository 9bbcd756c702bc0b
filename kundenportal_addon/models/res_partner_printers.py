from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """The devices of a customer, and at which of its locations a contact works."""

    _inherit = "res.partner"

    portal_site_id = fields.Many2one(
        "res.partner",
        string="Works at Location",
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        domain="[('id', 'child_of', commercial_partner_id), ('id', '!=', id)]",
        help="Address of its company at which the contact works; empty for the address that it "
        "belongs to. Where users see the printers of their location only, these are seen.",
    )
    device_count = fields.Integer(
        string="Devices",
        compute="_compute_device_count",
        groups="kundenportal_addon.group_officer",
        help="For a contact those that it looks after, for an address those that stand there.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_device_count(self):
        devices = self.env["maintenance.equipment"]
        counts = {}
        for field_name in ("customer_id", "contact_id", "site_id"):
            rows = devices._read_group(
                [(field_name, "in", self.ids)], [field_name], ["id:array_agg"]
            )
            for partner, ids in rows:
                counts.setdefault(partner.id, set()).update(ids)
        for partner in self:
            partner.device_count = len(counts.get(partner._origin.id, ()))

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "portal_site_id" in vals:
            # It says which printers are seen.
            self._forget_portal_rights()
        return result

    # === ACTION METHODS === #

    def action_view_devices(self):
        """Open the devices of the contact (smart button).

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.maintenance_equipment_action"
        )
        return {
            **action,
            "domain": list(self._get_device_domain()),
            "context": {"default_customer_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _get_device_domain(self):
        """Return which devices the contact has, looks after, or has standing at its address.

        :rtype: Domain
        """
        return Domain.OR(
            Domain(field_name, "in", self.ids)
            for field_name in ("customer_id", "contact_id", "site_id")
        )

    def _get_site_ids(self):
        """Return at which of its company's addresses the contact works.

        Devices without an address stand at the main one.

        :return: ids for a search, False among them where it is the main address
        :rtype: list
        """
        self.ensure_one()
        partner_sudo = self.sudo()  # staff's field, and addresses need not be customers' to read
        company = partner_sudo.commercial_partner_id
        site = partner_sudo.portal_site_id
        if site.commercial_partner_id != company:  # where it worked before
            site = partner_sudo.parent_id or company
        return [*site.ids, False] if site == company else site.ids

    # === HOOKS: WHAT IS HANDED OVER === #

    @api.model
    def _get_company_bound_fields(self):
        return [*super()._get_company_bound_fields(), ("maintenance.equipment", "customer_id")]

    def _get_handover_counts(self):
        counts = super()._get_handover_counts()
        number = len(self._get_kept_devices())
        return [*counts, (self.env._("Devices"), number)] if number else counts

    def _hand_over_to(self, successor):
        counts = super()._hand_over_to(successor)
        self._get_kept_devices().contact_id = successor
        return counts

    def _get_kept_devices(self):
        """Return the devices of its company that the contact looks after, as superuser."""
        return (
            self.env["maintenance.equipment"]
            .sudo()  # called past the gate; nothing of them is shown but their number
            .search(
                [
                    ("contact_id", "=", self.id),
                    ("customer_id", "=", self.commercial_partner_id.id),
                ]
            )
        )
