import re

from odoo import api, models

#: By which the sequences of types are known.
SEQUENCE_CODE = "kundenportal.activity"


class KundenportalActivityType(models.Model):
    """The numbers of the cases of a type; no two cases of one company have the same."""

    _inherit = "kundenportal.activity.type"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        types._ensure_sequences()
        return types

    def write(self, vals):
        result = super().write(vals)
        if "sequence_id" in vals:
            self._ensure_sequences()
        return result

    # === BUSINESS METHODS === #

    def _ensure_sequences(self):
        """Make a sequence for the numbers of each type that has none."""
        sequences_sudo = self.env["ir.sequence"].sudo()  # managers need not be administrators
        for case_type in self.filtered(lambda one: not one.sequence_id):
            case_type.sequence_id = sequences_sudo.create(
                {
                    "name": case_type.name,
                    "code": SEQUENCE_CODE,
                    "prefix": case_type._find_prefix(),
                    "padding": 5,
                    "company_id": case_type.company_id.id,
                    "use_date_range": True,
                }
            )

    def _find_prefix(self):
        """Return with what the numbers of the type's cases begin, unlike those of other types.

        :rtype: str
        """
        sequences_sudo = self.env["ir.sequence"].sudo()  # see `_ensure_sequences`
        found = sequences_sudo.with_context(active_test=False).search(
            [("code", "=", SEQUENCE_CODE)]
        )
        taken = set(found.mapped("prefix"))
        letters = re.sub(r"\W|_", "", self.name).upper()
        prefixes = [f"{letters[:length]}-%(range_year)s-" for length in range(1, len(letters) + 1)]
        return next(
            (prefix for prefix in prefixes if prefix not in taken),
            f"{letters[:1]}{self.id}-%(range_year)s-",
        )
