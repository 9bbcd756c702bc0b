from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from ..tools.placeholders import find_forbidden


class KundenportalActivityType(models.Model):
    """The texts with placeholders that customers read above their cases.

    They are filled in as the superuser, so nothing may stand there that leads anywhere else.
    """

    _inherit = "kundenportal.activity.type"

    # === CONSTRAINT METHODS === #

    @api.constrains("portal_title", "portal_description")
    def _check_portal_texts(self):
        """Refuse placeholders that cannot be read, or that the writer may not write.

        :raise ValidationError: for what leads out of the case, or cannot be read
        :raise AccessError: for what Odoo leaves to editors of mail templates
        """
        for case_type in self:
            for text in filter(None, (case_type.portal_title, case_type.portal_description)):
                self._check_portal_text(text)

    # === BUSINESS METHODS === #

    @api.model
    def _check_portal_text(self, text):
        word = find_forbidden(text, "")
        if word:
            raise ValidationError(self.env._("“%s” cannot be used in placeholders.", word))
        renderer = self.env["mail.render.mixin"]
        try:
            is_unsafe = renderer._has_unsafe_expression_template_inline_template(
                text, "kundenportal.activity"
            )
        except Exception as error:  # whatever its compiler meets
            raise ValidationError(
                self.env._("A placeholder cannot be read: %s", error.__cause__ or error)
            ) from error
        # Odoo asks constraints as superuser, whoever writes.
        writer = self.env.user
        is_editor = writer._is_superuser() or writer.has_group("mail.group_mail_template_editor")
        if is_unsafe and not is_editor:
            raise AccessError(
                self.env._("Only editors of mail templates may write placeholders like these.")
            )
