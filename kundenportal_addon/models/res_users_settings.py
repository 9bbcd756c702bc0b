from odoo import api, models


class ResUsersSettings(models.Model):
    _inherit = "res.users.settings"

    @api.model
    def _find_or_create_for_user(self, user):
        """Take the defaults where nothing can be written; they are stored another time."""
        user_sudo = user.sudo()  # as Odoo's own, which creates what nobody else may
        if self.env.cr.readonly and not user_sudo.res_users_settings_ids:
            return user_sudo.res_users_settings_ids.new({"user_id": user.id})
        return super()._find_or_create_for_user(user)

    def _res_users_settings_format(self, fields_to_format=None):
        settings = super()._res_users_settings_format(fields_to_format)
        if not self.id:
            settings["id"] = False  # the place of one to come is nothing that JSON knows
        return settings
