from odoo import models


class ResPartner(models.Model):
    """What our mails say, in the contact's language and form of address."""

    _inherit = "res.partner"

    def _get_portal_mail_text(self, purpose):
        """Return the sentence that a mail says unless staff write another.

        :param str purpose: ``"invitation"``, ``"password"`` or ``"verification"``
        :rtype: str
        """
        self.ensure_one()
        env = self.with_context(lang=self.lang or self.env.lang).env
        if self.form_of_address == "informal":
            texts = {
                "invitation": env._(
                    "here is your link to our customer portal. Pick a password, and you are in."
                ),
                "password": env._("we have set a password for you. Change it once you are in."),
                "verification": env._(
                    "does our mail reach you at this address? One tap on the button tells us."
                ),
            }
        else:
            texts = {
                "invitation": env._(
                    "this link leads to our customer portal. Please choose a password to sign in."
                ),
                "password": env._(
                    "we have set a password for our customer portal. Please change it after "
                    "signing in."
                ),
                "verification": env._(
                    "please confirm that our mail arrives at this address, by the button below."
                ),
            }
        return texts[purpose]
