from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let nobody go on with the rights of a contact that was merged away."""
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        self.env.registry.clear_cache()
        self.env["res.users"]._sync_portal_functions()
        return result

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Leave one row where a unique index allows no more: the newest of each."""
        requests_sudo = self.env["kundenportal.access.request"].sudo()  # merging is for any staff
        requests_sudo._get_open(src_partners | dst_partner)[1:]._withdraw()
        choices_sudo = self.env["kundenportal.notice.choice"].sudo()
        choices_sudo._keep_latest(src_partners | dst_partner)
        copies_sudo = self.env["kundenportal.message.recipient"].sudo()
        copies_sudo._merge_copies(src_partners | dst_partner, dst_partner)
        receipts_sudo = self.env["kundenportal.announcement.receipt"].sudo()
        receipts_sudo._merge_receipts(src_partners | dst_partner, dst_partner)
        merged = src_partners | dst_partner
        lines_sudo = self.env["kundenportal.cart.line"].sudo()
        lines_sudo._merge_carts(merged, dst_partner)
        carts_sudo = self.env["kundenportal.cart"].sudo()
        carts_sudo._keep_latest(merged)
        deputies_sudo = self.env["kundenportal.release.deputy"].sudo()
        deputies_sudo._drop_for_merge(merged)
        self.env["kundenportal.data.export"]._drop_for(merged)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        dst_partner._recount_portal_cart()
        return result
