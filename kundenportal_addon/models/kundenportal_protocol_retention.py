from odoo import api, models
from odoo.tools import SQL


class KundenportalProtocol(models.Model):
    """How entries end: they are personal data, and kept no longer than their kind says."""

    _inherit = "kundenportal.protocol"
    # How many entries one statement deletes; a commit follows each.
    _retention_batch = 5000

    # === BUSINESS METHODS === #

    @api.model
    def _anonymise(self, partners, but=()):
        """Blank what tells who these contacts were; that something happened, and when, stays.

        :param partners: contacts that are, or are about to be, deleted or anonymised themselves
        :param but: codes of kinds whose entries stay as they are
        """
        if not partners:
            return
        kinds = self.env["kundenportal.protocol.kind"]
        kept = [kinds._get_by_code(code).id for code in but]
        self._anonymise_entries(
            SQL("partner_id IN %s AND kind_id <> ALL(%s)", tuple(partners.ids), kept)
        )
        # What they did to others' matters.
        self.env.cr.execute(
            SQL(
                """
                UPDATE kundenportal_protocol
                   SET user_id = NULL, user_name = %(gone)s, ip_address = NULL
                 WHERE user_id IN (SELECT id FROM res_users WHERE partner_id IN %(partners)s)
                   AND kind_id <> ALL(%(kept)s)
                """,
                gone=self.env._("Deleted person"),
                partners=tuple(partners.ids),
                kept=kept,
            )
        )
        self.invalidate_model()

    def _anonymise_these(self):
        """Blank whom these entries are about and who acted."""
        self._anonymise_entries(SQL("id = ANY(%s)", self.ids))
        self.env.cr.execute(
            SQL(
                """
                UPDATE kundenportal_protocol SET user_id = NULL, user_name = %s
                 WHERE id = ANY(%s)
                   AND user_id IN (SELECT id FROM res_users WHERE share)
                """,
                self.env._("Deleted person"),
                self.ids,
            )
        )
        self.invalidate_model()

    @api.model
    def _anonymise_entries(self, condition):
        """Blank whom entries are about.

        :param SQL condition: of the entries
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE kundenportal_protocol
                   SET partner_id = NULL, partner_name = %(gone)s, note = NULL, ip_address = NULL,
                       once_key = NULL,
                       commercial_partner_id = NULLIF(commercial_partner_id, partner_id)
                 WHERE %(condition)s
                """,
                gone=self.env._("Deleted person"),
                condition=condition,
            )
        )
        self.invalidate_model()

    # === CRON METHODS === #

    @api.autovacuum
    def _gc_expired(self):
        """Delete a batch of entries that are older than their kind is kept; open ones stay.

        :return: how many were deleted and whether there may be more: Odoo commits and calls again
        :rtype: tuple[int, int]
        """
        self.env["kundenportal.protocol.kind"].flush_model(["keep_days"])
        self.flush_model(["review_state"])
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM kundenportal_protocol
                 WHERE id IN (
                     SELECT entry.id
                       FROM kundenportal_protocol_kind kind
                       JOIN kundenportal_protocol entry
                         ON entry.kind_id = kind.id
                        AND entry.create_date
                            < NOW() AT TIME ZONE 'UTC' - kind.keep_days * INTERVAL '1 day'
                      WHERE kind.keep_days > 0 AND entry.review_state != 'open'
                      LIMIT %s
                 )
                """,
                self._retention_batch,
            )
        )
        deleted = self.env.cr.rowcount
        self.invalidate_model()
        return deleted, int(deleted == self._retention_batch)
