from odoo import fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """Which notices a contact wants by mail."""

    _inherit = "res.partner"

    portal_notice_choice_ids = fields.One2many(
        "kundenportal.notice.choice",
        "partner_id",
        string="Chosen Notices",
        groups="kundenportal_addon.group_officer",
        help="What the contact, or staff on its behalf, chose; for other kinds the default holds.",
    )

    def _wants_notice(self, code):
        """Return those of the contacts that want mail of a kind; one query for all of them.

        Whether they have an address, access and the function is not asked here.

        :param str code: code of a ``kundenportal.notice.kind``
        :rtype: recordset
        :raise ValueError: for a code that no kind has
        """
        kind_id, by_default = self.env["kundenportal.notice.kind"]._get_default(code)
        # Whoever causes a notice need not read what its readers chose.
        others_sudo = (
            self.env["kundenportal.notice.choice"]
            .sudo()
            .search_fetch(
                [
                    ("kind_id", "=", kind_id),
                    ("by_mail", "!=", by_default),
                    ("partner_id", "in", self.ids),
                ],
                ["partner_id"],
            )
        )
        other_ids = set(others_sudo.partner_id.ids)
        return self.filtered(lambda partner: (partner.id in other_ids) != by_default)

    def _prepare_notice_form(self):
        """Return the kinds of notices that the contact's login may choose from.

        :return: dicts ``code``, ``name``, ``description``, ``by_mail``
        :rtype: list[dict]
        """
        chosen = {
            choice.kind_id.id: choice.by_mail for choice in self.sudo().portal_notice_choice_ids
        }
        return [
            {
                "code": code,
                "name": name,
                "description": description,
                "by_mail": chosen.get(kind_id, by_default),
            }
            for kind_id, code, name, description, by_default in self.env[
                "kundenportal.notice.kind"
            ]._get_offered(self.env.user)
        ]

    def _choose_notices(self, shown, chosen):
        """Take what the acting customer chose for itself.

        :param list shown: codes of the kinds that were on the page
        :param list chosen: codes of those that it wants by mail
        :raise ValueError: if none was shown, or one of them is not the customer's to choose
        """
        self.ensure_one()
        offered = {
            row[1]: row for row in self.env["kundenportal.notice.kind"]._get_offered(self.env.user)
        }
        if not shown or not set(chosen) <= set(shown) <= set(offered):
            raise ValueError("Not to be chosen")
        codes = sorted(set(shown))
        choices_sudo = self.env["kundenportal.notice.choice"].sudo()  # customers write no table
        choices_sudo.flush_model()
        # Two windows may save at once; the later one holds.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO kundenportal_notice_choice (
                    partner_id, kind_id, by_mail, create_uid, create_date, write_uid, write_date
                )
                SELECT %(partner)s, kind_id, by_mail, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(kinds)s::int[], %(by_mail)s::bool[]) wish (kind_id, by_mail)
                    ON CONFLICT (partner_id, kind_id) DO UPDATE
                   SET by_mail = EXCLUDED.by_mail, write_uid = %(uid)s, write_date = %(now)s
                """,
                partner=self.id,
                kinds=[offered[code][0] for code in codes],
                by_mail=[code in chosen for code in codes],
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        choices_sudo.invalidate_model()
        self.invalidate_recordset(["portal_notice_choice_ids"])
        names = [offered[code][2] for code in offered if code in chosen]
        note = self.env._("By mail: %s", ", ".join(names) or "–")
        self.env["kundenportal.protocol"]._log("notices_chosen", self, note=note)
