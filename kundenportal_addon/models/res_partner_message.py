from odoo import api, fields, models
from odoo.fields import Command


class ResPartner(models.Model):
    """The messages that a contact was sent."""

    _inherit = "res.partner"

    portal_message_count = fields.Integer(
        string="Portal Messages",
        compute="_compute_portal_message_count",
        groups="kundenportal_addon.group_officer",
        help="Messages to the contact; for a company also those to its contacts.",
    )
    # Odoo searches them past their rights: customers would find out what staff note about them.
    message_ids = fields.One2many(groups="base.group_user")
    website_message_ids = fields.One2many(groups="base.group_user")

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_portal_message_count(self):
        copies = self.env["kundenportal.message.recipient"]
        companies = self.filtered("is_company")
        counts = {}
        for field_name, partners in (
            ("commercial_partner_id", companies),
            ("partner_id", self - companies),
        ):
            if partners:
                counts |= dict(
                    copies._read_group(
                        [(field_name, "in", partners.ids)], [field_name], ["__count"]
                    )
                )
        for partner in self:
            partner.portal_message_count = counts.get(partner._origin, 0)

    # === ACTION METHODS === #

    def action_view_portal_messages(self):
        """Open the messages that the contact was sent; for a company also those to its contacts.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_message_recipient_action"
        )
        field_name = "commercial_partner_id" if self.is_company else "partner_id"
        action["domain"] = [(field_name, "=", self.id)]
        action["context"] = {}
        return action

    def action_write_portal_message(self):
        """Open a new message to these contacts.

        :return: an action
        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Message"),
            "res_model": "kundenportal.message",
            "views": [(False, "form")],
            "context": {"default_partner_ids": [Command.set(self.ids)]},
        }

    # === BUSINESS METHODS === #

    @api.model
    def mail_allowed_qweb_expressions(self):
        """Let everybody greet a contact and name its own data, not only editors of templates.

        :rtype: tuple[str]
        """
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.display_name",
            "object.salutation",
            "object.email",
            "object.phone",
            "object.function",
            "object.ref",
            "object.street",
            "object.zip",
            "object.city",
            "object.parent_id.name",
            "object.commercial_partner_id.name",
        )
