from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    protocol_count = fields.Integer(
        string="Protocol Entries",
        compute="_compute_protocol_count",
        groups="kundenportal_addon.group_officer",
        help="Entries about the contact; for a company also those about its contacts.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_protocol_count(self):
        companies = self.filtered("is_company")
        counts = companies._count_protocol("commercial_partner_id")
        counts |= (self - companies)._count_protocol("partner_id")
        for partner in self:
            partner.protocol_count = counts.get(partner._origin, 0)

    def _count_protocol(self, field_name):
        """Return the number of entries of these contacts, found by one field of the protocol.

        :param str field_name: ``partner_id`` or ``commercial_partner_id``
        :return: ``{contact: number}``, without contacts that have none
        :rtype: dict
        """
        groups = self.env["kundenportal.protocol"]._read_group(
            [(field_name, "in", self.ids)], [field_name], ["__count"]
        )
        return dict(groups)

    def action_view_protocol(self):
        """Open the entries about the contact; for a company also those about its contacts.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_protocol_action"
        )
        # One field, not an OR of both: it is answered by one index, in its order.
        field_name = "commercial_partner_id" if self.is_company else "partner_id"
        action["domain"] = [(field_name, "=", self.id)]
        action["context"] = {}
        return action
