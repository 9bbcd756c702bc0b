from odoo import api, models, tools


class KundenportalActivityType(models.Model):
    """Which new cases customers are offered."""

    _inherit = "kundenportal.activity.type"

    # === BUSINESS METHODS === #

    @api.model
    def _find_offered(self, type_id):
        """Return a type that the acting customer may open a case of.

        :param str type_id: as the browser sent it; may be anything
        :return: as superuser; empty if it is none of these
        """
        return self._get_offered(self.env.user).filtered(
            lambda case_type: str(case_type.id) == type_id
        )

    @api.model
    def _prepare_offers(self):
        """Return what pages show of the types that the acting customer may open a case of.

        From a cache, since the home asks, too; types, levels and groups of customers clear it.

        :return: in display order, dicts ``name``, ``description``, ``icon``, ``url`` and
            ``is_problem_report``
        :rtype: list[dict]
        """
        if not self.env.user._has_portal_function("activities"):
            return []
        keys = ("name", "description", "icon", "url", "is_problem_report")
        return [dict(zip(keys, offer, strict=True)) for offer in self._get_cached_offers()]

    @api.model
    @tools.ormcache("self.env.uid", "self.env.lang")
    def _get_cached_offers(self):
        return tuple(
            (
                case_type.name,
                case_type.description or "",
                case_type.icon or "fa-ticket",
                case_type._get_new_url(),
                case_type.is_problem_report,
            )
            for case_type in self._get_offered(self.env.user)
        )

    def _get_new_url(self):
        """Return the address of the form for a new case of the type."""
        self.ensure_one()
        return f"/my/activities/new?type={self.id}"
