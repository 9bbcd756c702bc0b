from odoo import api, fields, models

#: The settings, all of them fields of the company; each is related under its own name.
PORTAL_SETTINGS = (
    "portal_active",
    "portal_admission",
    "portal_registration",
    "portal_sign_in_link",
    "portal_sign_in_sms",
    "portal_colleague_approval",
    "portal_member_list",
    "portal_restrict_documents",
    "portal_default_function_ids",
    "portal_logo",
    "portal_accent_color",
    "portal_greeting",
    "portal_hotline",
    "portal_hotline_hours",
    "portal_contact_user_id",
    "portal_mail_sender",
    "portal_travel_speed",
    "portal_travel_detour",
    "portal_travel_minutes",
    "portal_routing_url",
    "portal_appointment_change_hours",
    "portal_appointment_hold_minutes",
    "portal_appointment_reminder_hours",
    "portal_appointment_show_technician",
    "portal_order_limit_mode",
    "portal_order_limit",
    "portal_repeat_days",
    "portal_printers_own_location",
    "portal_shop_show_prices",
    "portal_printers_show_prices",
)


class KundenportalSettingsMixin(models.AbstractModel):
    """The portal's settings of one company, for every page on which they can be edited."""

    _name = "kundenportal.settings.mixin"
    _description = "Settings of the Customer Portal"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    portal_active = fields.Boolean(related="company_id.portal_active", readonly=False)
    portal_admission = fields.Selection(related="company_id.portal_admission", readonly=False)
    portal_registration = fields.Boolean(related="company_id.portal_registration", readonly=False)
    portal_sign_in_link = fields.Boolean(related="company_id.portal_sign_in_link", readonly=False)
    portal_sign_in_sms = fields.Boolean(related="company_id.portal_sign_in_sms", readonly=False)
    portal_colleague_approval = fields.Boolean(
        related="company_id.portal_colleague_approval", readonly=False
    )
    portal_member_list = fields.Boolean(related="company_id.portal_member_list", readonly=False)
    portal_restrict_documents = fields.Boolean(
        related="company_id.portal_restrict_documents", readonly=False
    )
    portal_default_function_ids = fields.Many2many(
        related="company_id.portal_default_function_ids", readonly=False
    )
    portal_logo = fields.Image(related="company_id.portal_logo", readonly=False)
    portal_accent_color = fields.Char(related="company_id.portal_accent_color", readonly=False)
    portal_greeting = fields.Html(related="company_id.portal_greeting", readonly=False)
    portal_hotline = fields.Char(related="company_id.portal_hotline", readonly=False)
    portal_hotline_hours = fields.Char(related="company_id.portal_hotline_hours", readonly=False)
    portal_contact_user_id = fields.Many2one(
        related="company_id.portal_contact_user_id", readonly=False
    )
    portal_mail_sender = fields.Char(related="company_id.portal_mail_sender", readonly=False)
    portal_travel_speed = fields.Float(related="company_id.portal_travel_speed", readonly=False)
    portal_travel_detour = fields.Float(related="company_id.portal_travel_detour", readonly=False)
    portal_travel_minutes = fields.Integer(
        related="company_id.portal_travel_minutes", readonly=False
    )
    # Our server asks whatever address stands there, those that are reached from inside only too.
    portal_routing_url = fields.Char(
        related="company_id.portal_routing_url", readonly=False, groups="base.group_system"
    )
    portal_appointment_change_hours = fields.Integer(
        related="company_id.portal_appointment_change_hours", readonly=False
    )
    portal_appointment_hold_minutes = fields.Integer(
        related="company_id.portal_appointment_hold_minutes", readonly=False
    )
    portal_appointment_reminder_hours = fields.Integer(
        related="company_id.portal_appointment_reminder_hours", readonly=False
    )
    portal_appointment_show_technician = fields.Boolean(
        related="company_id.portal_appointment_show_technician", readonly=False
    )
    portal_shop_show_prices = fields.Boolean(
        related="company_id.portal_shop_show_prices", readonly=False
    )
    portal_printers_show_prices = fields.Boolean(
        related="company_id.portal_printers_show_prices", readonly=False
    )
    portal_printers_own_location = fields.Boolean(
        related="company_id.portal_printers_own_location", readonly=False
    )
    portal_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Company"
    )
    portal_order_limit_mode = fields.Selection(
        related="company_id.portal_order_limit_mode", readonly=False
    )
    portal_order_limit = fields.Monetary(
        related="company_id.portal_order_limit",
        currency_field="portal_currency_id",
        readonly=False,
    )
    portal_repeat_days = fields.Integer(related="company_id.portal_repeat_days", readonly=False)
    portal_unassigned_count = fields.Integer(
        string="Portal Users without Level", compute="_compute_portal_unassigned_count"
    )

    @api.depends("company_id")
    def _compute_portal_unassigned_count(self):
        assistant = self.env["kundenportal.level.assistant"]
        for settings in self:
            users = assistant._get_users_without_level(settings.company_id)
            settings.portal_unassigned_count = len(users)

    def action_portal_level_assistant(self):
        """Open the assistant that puts existing portal users on a level.

        :return: the action
        :rtype: dict
        """
        return self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.portal_level_assistant_action"
        )
