from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from .kundenportal_settings_mixin import PORTAL_SETTINGS


class KundenportalSettings(models.TransientModel):
    """The settings page for managers of the portal, who may not write companies otherwise.

    A record stands for one company. Its fields are the company's portal settings and nothing else,
    so that saving it as superuser gives managers exactly these: no other field of the company can
    be reached through it, and only the company it was opened for.
    """

    _name = "kundenportal.settings"
    _inherit = ["kundenportal.settings.mixin"]
    _description = "Settings of the Customer Portal"
    _rec_name = "company_id"

    #: A page left open over the day can still be saved.
    _transient_max_hours = 24.0

    company_id = fields.Many2one(readonly=True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # The company is never the client's choice: the one that is switched to, and allowed.
        settings = super().create([{"company_id": self.env.company.id} for _vals in vals_list])
        for record, vals in zip(settings, vals_list, strict=True):
            record.write({key: value for key, value in vals.items() if key != "company_id"})
        return settings

    def write(self, vals):
        self.check_access("write")
        if not vals.keys() <= set(PORTAL_SETTINGS):
            raise AccessError(
                self.env._("Only the settings of the customer portal can be changed here.")
            )
        for name in vals:
            self._check_field_access(self._fields[name], "write")  # superuser may write all
        if any(
            isinstance(command, (list, tuple))
            and command[:1]
            and command[0] in (Command.CREATE, Command.UPDATE, Command.DELETE)
            for command in vals.get("portal_default_function_ids") or ()
        ):
            raise AccessError(
                self.env._("Portal functions can be chosen here, but not changed themselves.")
            )
        settings_sudo = self.sudo()  # see the class's docstring
        return super(KundenportalSettings, settings_sudo).write(vals)

    # === ACTION METHODS === #

    @api.model
    def action_open(self):
        """Open the settings of the current company.

        :return: the action
        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settings"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "view_mode": "form",
            "target": "current",
        }
