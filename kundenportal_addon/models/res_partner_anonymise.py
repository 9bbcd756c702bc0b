from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

#: What no law asks us to keep of a person.
PERSONAL_FIELDS = (
    "email",
    "phone",
    "mobile",
    "fax",
    "function",
    "website",
    "comment",
    "academic_title",
    "gender_title",
    "reachability",
    "email_verified_on",
    "image_1920",
    "is_listed_member",
)
#: What goes, too, where no document needs it.
ADDRESS_FIELDS = ("street", "street2", "zip", "city", "state_id", "country_id", "vat", "ref")
#: Kinds of entries that belong to documents.
ORDER_KINDS = (
    "order_sent",
    "quote_requested",
    "release_requested",
    "order_released",
    "release_refused",
)
#: The kind of the entry that says that an account was deleted.
DELETED_KIND = "account_deleted"


class ResPartner(models.Model):
    """Contacts that have deleted their account: forgotten as soon, and as far, as may be.

    The history goes at once. As long as something runs for a contact, it must be known whose that
    is; after that its personal data go. Name and address stay only if documents bear them that the
    law makes us keep. Of closed cases and of messages the text stays, without the name.
    """

    _inherit = "res.partner"

    portal_deleted_on = fields.Datetime(
        string="Account Deleted on",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The contact has deleted its portal account itself. Its personal data are deleted as "
        "soon as nothing runs for it any more.",
    )
    portal_anonymised_on = fields.Datetime(
        string="Personal Data Deleted on", readonly=True, copy=False, groups="base.group_user"
    )

    _portal_deleted_idx = models.Index(
        "(id) WHERE portal_deleted_on IS NOT NULL AND portal_anonymised_on IS NULL"
    )

    # === BUSINESS METHODS === #

    def _filter_known_otherwise(self):
        """Return those who are more than the owner of an account that is gone.

        Somebody of the staff, or with another login; a company that others are on file for.
        """
        return self.filtered(
            lambda partner: (
                any(partner.user_ids.mapped("active"))
                or (
                    partner.is_company
                    and any(child.type == "contact" for child in partner.child_ids)
                )
            )
        )

    def _keep_on_file(self):
        """Undo what Odoo does to contacts that are known otherwise; as superuser.

        It has archived them, and its job would delete them together with the login.
        """
        deletions = self.env["res.users.deletion"]
        users = self.with_context(active_test=False).user_ids
        deletions.search([("user_id", "in", users.ids), ("state", "=", "todo")]).unlink()
        self.filtered(lambda partner: not partner.active).active = True

    def _forget_history(self):
        """Delete what was kept for contacts alone, and their names where others read them.

        Called as superuser, while they still have their logins. Of the history stays what belongs
        to documents that the law makes us keep.
        """
        for partner in self:
            partner._forget_traces()
            is_bound = bool(partner._get_portal_bound())
            kept = ORDER_KINDS if is_bound else ()
            if is_bound or partner._get_portal_running():
                kept += (DELETED_KIND,)  # for whoever deals with it
            self.env["kundenportal.protocol"]._anonymise(partner, but=kept)

    def _forget_persons(self):
        """Blank what tells who the contacts are, unless something still runs; as superuser."""
        for partner in self:
            if not partner._get_portal_running():
                # Odoo would note the old values in a conversation.
                quiet = partner.with_context(tracking_disable=True, lang=partner.lang)
                quiet._forget_person(is_bound=bool(partner._get_portal_bound()))

    def _forget_person(self, is_bound):
        """Blank what tells who the contact is.

        :param bool is_bound: whether documents need its name and address
        """
        self.ensure_one()
        values = {name: False for name in PERSONAL_FIELDS if name in self._fields}
        values |= {"gender_title": "none", "portal_anonymised_on": fields.Datetime.now()}
        if not is_bound:
            values |= {"name": self.env._("Deleted person"), "category_id": [Command.clear()]}
            if not self.parent_id:  # else it is the company's, and Odoo would copy it up there
                blank = dict.fromkeys(ADDRESS_FIELDS, False)
                values |= blank
                further = {"name": values["name"], "email": False, "phone": False, "mobile": False}
                self._get_addresses_to_forget().write({**blank, **further, "active": False})
            self._forget_bank_accounts()
            self.env["kundenportal.protocol"]._anonymise(self)
        self.write(values)
        # What was noted about the person, with old values, and who deleted the account.
        self.message_ids.unlink()

    def _forget_bank_accounts(self):
        """Blank numbers and holders of bank accounts, which Odoo archives instead of deleting."""
        accounts = self.with_context(active_test=False).bank_ids
        accounts.unlink()
        accounts.message_ids.unlink()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner_bank
                   SET acc_number = 'X' || id, sanitized_acc_number = 'X' || id,
                       acc_holder_name = NULL
                 WHERE id = ANY(%s)
                """,
                accounts.ids,
            )
        )
        accounts.invalidate_recordset()

    def _get_addresses_to_forget(self):
        """Return a person's further addresses, but not people who are on file below it."""
        addresses = self.with_context(active_test=False).child_ids
        return addresses.filtered(lambda one: one.type != "contact" and not one.user_ids)

    def _forget_traces(self):
        """Delete what was kept for the contact alone, and its name where others read it."""
        own = [("partner_id", "in", self.ids)]
        for model_name in (
            "kundenportal.cart",  # what was said about the next order, without a line in it
            "kundenportal.notice.choice",
            "kundenportal.announcement.receipt",
            "kundenportal.data.change",
            "kundenportal.registration",
        ):
            self.env[model_name].search(own).unlink()
        # They are archived by now.
        cases = self.env["kundenportal.activity"].with_context(active_test=False)
        for case in cases.search([("participant_ids", "in", self.ids)]):
            case.participant_ids -= self
        answers = self.env["survey.user_input"].search(own)
        answers.write({"email": False, "nickname": False})
        self.env.flush_all()
        gone = self.env._("Deleted person")
        for statement in (
            "UPDATE mail_message SET email_from = NULL WHERE author_id IN %(partners)s",
            "UPDATE kundenportal_activity SET email_from = NULL WHERE partner_id IN %(partners)s",
            """
            UPDATE kundenportal_message_reply SET author_name = %(gone)s
             WHERE author_id IN (SELECT id FROM res_users WHERE partner_id IN %(partners)s)
            """,
        ):
            self.env.cr.execute(SQL(statement, partners=tuple(self.ids), gone=gone))
        self.env.invalidate_all()

    # === CRONS === #

    @api.autovacuum
    def _gc_deleted_accounts(self):
        """Forget contacts for which something ran when they deleted their account.

        :return: how many were looked at and whether there may be more
        :rtype: tuple[int, int]
        """
        waiting = self.with_context(active_test=False).search(
            [("portal_deleted_on", "!=", False), ("portal_anonymised_on", "=", False)]
        )
        # Whom staff took back, with or without access, is a customer like any other.
        back = waiting.filtered(
            lambda partner: partner.active or any(partner.user_ids.mapped("active"))
        )
        back.portal_deleted_on = False
        # All of them: those for whom something runs for years must not hold up the others.
        (waiting - back)._forget_persons()
        return len(waiting), 0
