import logging
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.case_state import RUNNING
from ..tools.travel import point

_logger = logging.getLogger(__name__)

#: Addresses that one run looks up, and seconds between two: what OpenStreetMap's free service asks
#: for (https://operations.osmfoundation.org/policies/nominatim/).
BATCH, PAUSE = 30, 1.0


class ResPartner(models.Model):
    """Where contacts are on the map, found out in the background by Odoo's geolocation."""

    _inherit = "res.partner"

    portal_located_on = fields.Datetime(
        string="Looked for on the Map",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="When the address was last looked up, found or not. Another address is looked up "
        "again.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not {"street", "zip", "city", "state_id", "country_id"}.isdisjoint(vals):
            # Whoever moves does not see the field.
            self.sudo().filtered("portal_located_on").portal_located_on = False
        return result

    # === ACTION METHODS === #

    def action_locate(self):
        """Look the addresses up now (button).

        :return: a notice how many were found
        :rtype: dict
        :raise AccessError: unless the acting user may write the contacts
        :raise UserError: if the service cannot be reached
        """
        self.check_access("write")
        found = self.filtered(lambda partner: partner._locate())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if found == self else "warning",
                "message": self.env._(
                    "%(found)s of %(all)s found.", found=len(found), all=len(self)
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def action_view_unlocated(self):
        """Open the addresses that the planner needs and that are not on the map (menu).

        :return: an action
        :rtype: dict
        :raise AccessError: unless the acting user works on cases
        """
        self.env["kundenportal.activity"].check_access("write")
        view = self.env.ref("kundenportal_addon.res_partner_view_list_unlocated")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Addresses Not Found on the Map"),
            "res_model": self._name,
            "views": [(view.id, "list"), (False, "form")],
            "domain": list(self._get_unlocated_domain()),
            "help": self.env._("Every address is on the map."),
        }

    # === BUSINESS METHODS === #

    def _get_point(self):
        """Return where somebody is: its own place, or that of the company that it belongs to.

        :return: latitude and longitude, None if nobody knows; see ``tools/travel.py``
        :rtype: tuple[float, float] | None
        """
        here = self._get_located()
        return here and point(here.partner_latitude, here.partner_longitude)

    def _get_located(self):
        """Return the contact whose place counts: a plain contact shares its company's address."""
        partner_sudo = self.sudo()  # customers plan, too, and do not read all contacts
        if point(partner_sudo.partner_latitude, partner_sudo.partner_longitude):
            return partner_sudo
        shares = partner_sudo.type == "contact" and partner_sudo.parent_id
        return partner_sudo.parent_id if shares else partner_sudo

    @api.model
    def _get_unlocated_domain(self):
        """Return the contacts whose place the planner needs and nobody knows.

        Those to whom somebody is to come, and from whom technicians start.

        :rtype: Domain
        """
        offering = Domain("type_id.action_ids.code", "=", "appointment")
        cases_sudo = (
            self.env["kundenportal.activity"]  # whoever looks after addresses need not read cases
            .sudo()
            .search(Domain("state", "in", RUNNING) & offering)
        )
        resources_sudo = self.env["resource.resource"].sudo()  # nor who goes there
        starts = resources_sudo.search([("portal_team_ids", "!=", False)])
        companies_sudo = (cases_sudo.company_id | starts.company_id).partner_id
        needed = cases_sudo.location_id | starts.portal_start_id | companies_sudo
        places = self.sudo().union(*(partner._get_located() for partner in needed))
        return (
            Domain("id", "in", places.ids)
            & Domain("partner_latitude", "in", (0, False))
            & Domain("partner_longitude", "in", (0, False))
        )

    def _locate(self):
        """Look an address up, and remember that it was.

        :return: whether it was found
        :rtype: bool
        :raise UserError: if the service cannot be reached
        """
        self.ensure_one()
        partner = self.with_context(lang="en_US")  # names of countries, as Odoo asks
        place = (partner.city or partner.zip) and partner._geo_localize(
            partner.street,
            partner.zip,
            partner.city,
            partner.state_id.name,
            partner.country_id.name,
        )
        found = place and point(*place)
        vals = {"portal_located_on": fields.Datetime.now()}
        if found:
            vals |= {
                "partner_latitude": found[0],
                "partner_longitude": found[1],
                "date_localization": fields.Date.context_today(self),
            }
        self.write(vals)
        return bool(found)

    # === CRONS === #

    @api.model
    def _cron_locate(self):
        """Look up addresses that the planner needs, each once, politely slowly."""
        domain = self._get_unlocated_domain() & Domain("portal_located_on", "=", False)
        partners = self.search(domain, limit=BATCH)
        progress = self.env["ir.cron"]
        left = self.search_count(domain)
        progress._commit_progress(remaining=left)
        for number, partner in enumerate(partners, start=1):
            try:
                partner._locate()
            except UserError as error:
                _logger.warning("Addresses cannot be looked up on the map: %s", error)
                return
            if not progress._commit_progress(1, remaining=left - number):
                return
            time.sleep(PAUSE)
