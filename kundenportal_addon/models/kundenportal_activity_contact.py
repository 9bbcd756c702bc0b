from odoo import api, models


class KundenportalActivity(models.Model):
    """Whose case it is: its customer, and what follows when that is another contact."""

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_customer(self, partner_id):
        """Return what a case takes from its customer, once.

        :param partner_id: id of a contact, or nothing
        :rtype: dict
        """
        # Whoever opens a case need not read the company.
        partner_sudo = self.env["res.partner"].sudo().browse(partner_id or None)
        return {"commercial_partner_id": partner_sudo.commercial_partner_id.id}

    def _get_invited(self):
        """Return whose case it is, without those who have left the company that it is of.

        :return: contacts, the customer and who takes part
        """
        self.ensure_one()
        people = self.partner_id | self.participant_ids
        # A private person's own case stays its own in a company, too.
        return people.filtered(
            lambda one: self.commercial_partner_id in one | one.commercial_partner_id
        )

    def _prepare_move(self, vals):
        """Complete values that give cases another contact.

        What was for its colleagues, or about its company's device, does not go to strangers.

        :param dict vals: with ``partner_id``
        :rtype: dict
        """
        moved = {**vals, **self._prepare_customer(vals["partner_id"])}
        companies = self.sudo().commercial_partner_id  # see `_prepare_customer`
        if companies.ids not in ([], [moved["commercial_partner_id"]]):
            moved.setdefault("participant_ids", [(5, 0, 0)])
            moved.setdefault("equipment_id", False)
        return moved

    def _after_move(self, before):
        """Write down which cases were another contact's until now, and tell no old one any more.

        :param dict before: per case its customer and its participants until now
        """
        for case_sudo in self.sudo():  # followers are staff's
            now = case_sudo.partner_id | case_sudo.participant_ids
            partner, participants = before.get(case_sudo.id, (now.browse(), now.browse()))
            if gone := (partner | participants) - now:
                case_sudo.message_unsubscribe(gone.ids)
            if now:
                case_sudo.message_subscribe(now.ids)
            if partner and partner != case_sudo.partner_id:
                self.env["kundenportal.protocol"]._log(
                    "activity_moved",
                    case_sudo.partner_id,
                    note=self.env._(
                        "%(case)s: from %(old)s to %(new)s",
                        case=case_sudo.display_name,
                        old=partner.display_name,
                        new=case_sudo.partner_id.display_name or "–",
                    ),
                    record=case_sudo,
                    company=case_sudo.company_id,
                )

    def _hand_over_to(self, leaver, successor):
        """Make another contact of the same company the one for these cases.

        :param res.partner leaver: as superuser
        :param res.partner successor: as superuser
        """
        self.write({"partner_id": successor.id})
        for case in self.filtered(lambda one: leaver in one.participant_ids):
            case.participant_ids -= leaver
