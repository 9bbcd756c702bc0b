from odoo import models

#: Asks main users and their deputies.
REQUEST = "kundenportal_addon.mail_template_release_request"
#: Tells whoever ordered what became of it.
DECISION = "kundenportal_addon.mail_template_release_decision"


class SaleOrder(models.Model):
    """Mails about releases; called as superuser."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _mail_release_request(self):
        """Ask everybody who can release the order."""
        self.ensure_one()
        asking = self.portal_release_asked_id
        customer = self.portal_commercial_partner_id
        deputies = self.env["kundenportal.release.deputy"]._get_running(customer).deputy_id
        asked = (self._get_portal_releasers().partner_id | deputies) - asking
        for partner in asked._wants_notice("release").filtered("email_normalized"):
            self._send_release_mail(REQUEST, partner)

    def _mail_release_decision(self):
        """Tell whoever ordered that it was released, or refused and why."""
        self.ensure_one()
        partner = self.portal_release_asked_id
        if partner.email_normalized and partner._wants_notice("release"):
            self._send_release_mail(DECISION, partner)

    def _send_release_mail(self, xmlid, partner):
        """Queue a mail to one contact, in its language.

        :param str xmlid: of the template, which is rendered for the contact
        :param partner: who gets it
        """
        template = self.env.ref(xmlid).with_company(self.company_id)
        localized = self.with_context(lang=partner.lang)
        template = template.with_context(
            lang=partner.lang,
            portal_order=localized,
            portal_shows_prices=self._shows_portal_prices(),
        )
        template._send_secret_mail(partner, "kundenportal_addon.mail_layout_notice")
        # Whoever caused the mail cannot start jobs; this one sends what is queued.
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
