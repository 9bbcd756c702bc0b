from odoo import api, fields, models, tools

from .kundenportal_settings_mixin import PORTAL_SETTINGS

#: Settings whose change alters what somebody may see, thus groups or cached rules.
ACCESS_SETTINGS = {"portal_active", "portal_default_function_ids", "portal_restrict_documents"}


class ResCompany(models.Model):
    """Every setting of the portal is per company (the business unit)."""

    _inherit = "res.company"

    portal_active = fields.Boolean(
        string="Customer Portal Active",
        help="As long as it is off, Odoo's portal stays as it was; portal users who were given a "
        "level see a page that says so.",
    )
    portal_admission = fields.Selection(
        [("invited", "Invited contacts only"), ("all", "All contacts")],
        default="invited",
        required=True,
        groups="base.group_user",
        help="Invited: contacts need an invitation. All: every contact with an e-mail address or a "
        "telephone number may ask for its login itself, as User.",
    )
    portal_registration = fields.Boolean(
        string="Self-registration",
        groups="base.group_user",
        help="Visitors may ask for access on the public page /register; staff decide on it.",
    )
    portal_sign_in_link = fields.Boolean(
        string="Sign in by Link",
        default=True,
        groups="base.group_user",
        help="Customers may have a link sent to them that signs them in once, instead of a "
        "password.",
    )
    portal_sign_in_sms = fields.Boolean(
        string="Links by SMS",
        groups="base.group_user",
        help="Contacts who ask by their mobile number, and those without an e-mail address, get "
        "their link by SMS. Each SMS costs credit; without any it does not arrive.",
    )
    portal_colleague_approval = fields.Boolean(
        string="Access for Colleagues Needs Approval",
        groups="base.group_user",
        help="What main users do with the access of their colleagues waits for the staff, except "
        "taking it away.",
    )
    portal_member_list = fields.Boolean(
        string="Member List",
        groups="base.group_user",
        help="The public page /members lists the contacts that are marked for it.",
    )
    portal_default_function_ids = fields.Many2many(
        "kundenportal.function",
        "kundenportal_company_function_rel",
        "company_id",
        "function_id",
        string="Default Functions",
        groups="base.group_user",
        default=lambda self: self._default_portal_function_ids(),
    )
    portal_restrict_documents = fields.Boolean(
        string="Levels Apply to Documents",
        default=True,
        groups="base.group_user",
        help="Users see only their own orders, quotations and invoices, main users their "
        "company's. If off, every contact sees all of its company's, as in plain Odoo.",
    )
    portal_greeting = fields.Html(string="Greeting", translate=True, sanitize=True)
    portal_hotline = fields.Char(
        string="Hotline", help="Telephone number shown on the portal's home."
    )
    portal_hotline_hours = fields.Char(string="Hotline Hours", translate=True)
    portal_contact_user_id = fields.Many2one(
        "res.users",
        string="Contact Person",
        domain=[("share", "=", False)],
        groups="base.group_user",
        help="Shown to customers who have no salesperson of their own.",
    )
    portal_mail_sender = fields.Char(
        string="Sender of Mails",
        groups="base.group_user",
        help="Address that invitations and notices come from; the company's if empty.",
    )
    portal_logo = fields.Image(max_width=512, max_height=256)
    portal_accent_color = fields.Char(string="Accent Colour", default="#1f5b8f")

    @api.model
    def _default_portal_function_ids(self):
        # Whoever creates a company need not know the portal.
        return self.env["kundenportal.function"].sudo().search([])

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["res.users"]._sync_portal_functions()
        return companies

    def write(self, vals):
        settings = [name for name in vals if name in PORTAL_SETTINGS]
        before = {company: {name: company[name] for name in settings} for company in self}
        result = super().write(vals)
        if not ACCESS_SETTINGS.isdisjoint(vals):
            self.env["res.users"]._sync_portal_functions()
            self.env.registry.clear_cache()
        for company, values in before.items():
            company._log_portal_settings(
                [name for name, value in values.items() if company[name] != value]
            )
        return result

    @api.model
    @tools.ormcache("company_id")
    def _get_staff_lang(self, company_id):
        """Return the language in which the portal writes what the staff reads: the company's.

        :param int company_id: of the company
        :rtype: str | bool
        """
        return self.sudo().browse(company_id).partner_id.lang  # customers do not read the company

    @api.model
    @tools.ormcache()
    def _get_unrestricted_ids(self):
        """Return the companies whose documents all users of the customer see.

        :return: ids, whatever the acting user may read
        :rtype: tuple[int, ...]
        """
        return self.sudo().search([("portal_restrict_documents", "=", False)])._ids

    def _log_portal_settings(self, names):
        """Write into the protocol which settings of the portal were changed.

        :param list[str] names: of the fields; nothing is written for none
        """
        if names:
            labels = [field["string"] for field in self.fields_get(names, ["string"]).values()]
            self.env["kundenportal.protocol"]._log(
                "portal_settings_changed", None, note=", ".join(labels), company=self
            )
