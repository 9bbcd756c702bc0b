from zoneinfo import ZoneInfo

from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.misc import babel_locale_parse

from ..tools import reachability

#: Where our customers are, if neither they nor the company say otherwise.
DEFAULT_ZONE = "Europe/Berlin"


class ResPartner(models.Model):
    """When a contact can be reached, in its own time zone."""

    _inherit = "res.partner"

    reachability = fields.Char(
        help="The hours of a week, see tools/reachability.py. Empty: not known.",
    )
    reachability_summary = fields.Char(string="Reachable", compute="_compute_reachability_summary")
    reachable_now = fields.Boolean(
        compute="_compute_reachable_now",
        search="_search_reachable_now",
        help="By the hours on the contact's Kundenportal page, in its time zone.",
    )

    # The distinct zones of those who said when; a handful among a hundred thousand.
    _reachability_tz_idx = models.Index("(tz) WHERE reachability IS NOT NULL")

    # === CONSTRAINT METHODS === #

    @api.constrains("reachability")
    def _check_reachability(self):
        for partner in self:
            try:
                reachability.normalize(partner.reachability)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The reachability of %s is not a week of hours.", partner.display_name
                    )
                ) from error

    # === COMPUTE METHODS === #

    @api.depends("reachability")
    @api.depends_context("lang")
    def _compute_reachability_summary(self):
        names = self._get_weekdays("abbreviated")
        for partner in self:
            partner.reachability_summary = reachability.summarize(
                partner.reachability,
                names,
                # Languages have a word behind the hours, such as the German "Uhr".
                line=self.env._("{days} {hours}"),
                always=self.env._("any time"),
            )

    @api.depends("reachability", "tz")
    def _compute_reachable_now(self):
        for partner in self:
            index = self._get_hour_index(partner._get_reachability_tz())
            partner.reachable_now = (partner.reachability or "")[index : index + 1] == "1"

    def _search_reachable_now(self, operator, value):
        if operator != "in":
            return NotImplemented
        # All zones there are, whoever asks; they are compared with, not shown.
        zones_sudo = (
            self.sudo()
            .with_context(active_test=False)
            ._read_group([("reachability", "!=", False)], ["tz"])
        )
        zones_by_index = {}
        for (zone,) in zones_sudo:
            index = self._get_hour_index(zone or self._get_default_zone())
            zones_by_index.setdefault(index, []).append(zone)
        reachable = Domain.OR(
            Domain("tz", "in", zones)
            & Domain("reachability", "=like", reachability.like_pattern(index))
            for index, zones in zones_by_index.items()
        )
        reachable = Domain("id", "in", self._search(reachable, order="id"))
        return Domain.OR(reachable if wanted else ~reachable for wanted in value)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._normalize_reachability(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._normalize_reachability(vals))

    # === BUSINESS METHODS === #

    @api.model
    def _normalize_reachability(self, vals):
        """Empty a week without any hour; what is no week is left for the constraint to refuse."""
        if not vals.get("reachability"):
            return vals
        try:
            return {**vals, "reachability": reachability.normalize(vals["reachability"])}
        except ValueError:
            return vals

    def _get_reachability_tz(self):
        """Return the name of the time zone that the contact's hours are meant in."""
        self.ensure_one()
        return self.tz or self._get_default_zone()

    @api.model
    def _get_default_zone(self):
        # The company's contact is no customer's to read.
        return self.env.company.sudo().partner_id.tz or DEFAULT_ZONE

    @api.model
    def _get_weekdays(self, width):
        """Return the names of the days in the reader's language, Monday first.

        :param str width: ``"abbreviated"`` or ``"wide"``
        :rtype: list[str]
        """
        names = get_day_names(width, "stand-alone", babel_locale_parse(self.env.lang or "en_US"))
        return [names[day] for day in range(reachability.DAYS)]

    def _prepare_reachability_form(self):
        """Return what a page needs to let the contact choose its hours.

        :return: ``days`` (short and long name of each), ``hours`` (for each hour of the day a cell
            per day: ``value`` as `reachability.from_choices` reads it, ``label``, ``checked``),
            ``zone`` and ``summary``
        :rtype: dict
        """
        self.ensure_one()
        pattern = self.reachability or "0" * reachability.LENGTH
        names = self._get_weekdays("wide")
        return {
            "days": list(zip(self._get_weekdays("abbreviated"), names, strict=True)),
            "hours": [
                [
                    {
                        "value": f"{day}-{hour}",
                        "label": self.env._(
                            "%(day)s, %(start)s to %(stop)s", day=name, start=hour, stop=hour + 1
                        ),
                        "checked": pattern[reachability.index_of(day, hour)] == "1",
                    }
                    for day, name in enumerate(names)
                ]
                for hour in range(reachability.HOURS)
            ],
            "zone": self._get_reachability_tz(),
            "summary": self.reachability_summary,
        }

    @api.model
    def _get_hour_index(self, zone):
        """Return the position of the current hour of a time zone in a week."""
        now = fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC"))
        return reachability.index_at(now.astimezone(ZoneInfo(zone)))
