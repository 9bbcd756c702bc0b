from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """What staff are told after they saved a contact that cannot sign in yet."""

    _inherit = "res.partner"

    portal_hint = fields.Selection(
        [
            ("no_login", "No access yet"),
            ("no_password", "No password yet"),
            ("unverified", "Address not verified"),
        ],
        compute="_compute_portal_hint",
        compute_sudo=True,
        groups="kundenportal_addon.group_officer",
    )

    @api.depends(
        "portal_state",
        "portal_left_on",
        "portal_deleted_on",
        "email_normalized",
        "email_verified_on",
        "is_company",
        "type",
    )
    @api.depends_context("company")
    def _compute_portal_hint(self):
        reachable = self.filtered(
            lambda partner: (
                partner._origin
                and partner.type == "contact"
                and partner.portal_state in ("none", "invited", "active")
                and partner._get_portal_company().portal_active
            )
        )
        (self - reachable).portal_hint = False
        with_password = reachable._filter_with_password()
        for partner in reachable:
            if partner.portal_state == "none":
                # Companies are reached by their contacts; nobody need be reminded of each, nor of
                # whom main users reported as gone, or who deleted its account.
                is_gone = partner.portal_left_on or partner.portal_deleted_on
                is_wanted = not partner.is_company and not is_gone
                partner.portal_hint = is_wanted and "no_login"
            elif partner not in with_password:
                partner.portal_hint = "no_password"
            else:
                is_unverified = partner.email_normalized and not partner.email_verified_on
                partner.portal_hint = is_unverified and "unverified"

    def _filter_with_password(self):
        """Return those of the contacts whose login has a password, or had one ever used."""
        if not self:
            return self
        users = self.portal_user_id
        users.flush_recordset(["password"])
        rows = self.env.execute_query(
            # Odoo hides the column from everybody, also whether it is empty.
            SQL(
                "SELECT partner_id FROM res_users WHERE id IN %s AND COALESCE(password, '') != ''",
                tuple(users.ids or [0]),
            )
        )
        return self.browse(row[0] for row in rows)
