from odoo import api, fields, models


class KundenportalActivityMerge(models.TransientModel):
    """Asks which of several cases stays."""

    _name = "kundenportal.activity.merge"
    _description = "Merge Cases"

    activity_ids = fields.Many2many("kundenportal.activity", string="Cases")
    target_id = fields.Many2one(
        "kundenportal.activity",
        string="Stays",
        domain="[('commercial_partner_id', '=', commercial_partner_id), ('list_rank', '=', 0)]",
        compute="_compute_target_id",
        store=True,
        readonly=False,
        help="Gets the conversation and the files of the others, which are cancelled.",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_commercial_partner_id"
    )

    # === COMPUTE METHODS === #

    @api.depends("activity_ids")
    def _compute_target_id(self):
        """Propose the oldest that is running."""
        for wizard in self:
            running = wizard.activity_ids.filtered(lambda case: not case.list_rank)
            wizard.target_id = running.sorted("id")[:1] if len(wizard.activity_ids) > 1 else False

    @api.depends("activity_ids")
    def _compute_commercial_partner_id(self):
        for wizard in self:
            wizard.commercial_partner_id = wizard.activity_ids.commercial_partner_id[:1]

    # === ACTION METHODS === #

    def action_merge(self):
        """Merge, and show the case that stays (button).

        :return: an action
        :rtype: dict
        :raise UserError: see ``kundenportal.activity._merge_into``
        """
        self.ensure_one()
        self.check_access("write")
        self.activity_ids._merge_into(self.target_id)
        return self.target_id.action_open_case()
