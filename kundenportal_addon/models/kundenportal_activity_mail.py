from odoo import fields, models
from odoo.tools import is_html_empty

#: Kinds of entries that an answer of the staff settles.
REPLY_KINDS = ("activity_reply", "activity_reply_closed")

#: Tells the customer that a case has come in.
RECEIPT = "kundenportal_addon.mail_template_activity_received"


class KundenportalActivity(models.Model):
    """The conversation: whose turn it is, and who gets mails of it."""

    _inherit = "kundenportal.activity"

    # === ACTION METHODS === #

    def action_answer(self):
        """Open the dialog in which an answer is written, with canned answers to choose (button).

        :return: an action
        :rtype: dict
        :raise AccessError: unless the acting user may write the case
        """
        self.ensure_one().check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": (self.sudo()._get_invited() & self.partner_id).ids,
                "default_subtype_xmlid": "mail.mt_comment",
            },
        }

    def action_mark_read(self):
        """Take the mark away that the customer has replied (button).

        :return: True
        :raise AccessError: unless the acting user may write the cases
        """
        self.check_access("write")
        for case_sudo in self.sudo():  # the mark is the portal's own
            case_sudo._own_write({"customer_replied": False})
            case_sudo._settle_replies(self.env._("Read"))
        return True

    # === HOOKS OF ODOO'S MAIL === #

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        message_sudo = message.sudo()  # subtypes and authors are not customers' to read
        is_written = message_sudo.message_type in ("comment", "email") and not (
            message_sudo.is_internal or self.env.context.get("case_mail_is_automatic")
        )
        if is_written:
            subtype = message_sudo.subtype_id
            if subtype and not subtype.internal:
                self.sudo()._take_turn(message_sudo)  # customers write no cases
        return result

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Write to those only who may see the case, and want the mail.

        Followers may be anybody; whom staff choose as recipients of one message gets it.
        """
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        case_sudo = self.sudo()  # whoever posts need not read who takes part
        invited = case_sudo._get_invited()
        wanting = invited._wants_notice("case_answered")
        chosen = ()
        if self._is_staff(message.sudo().author_id):
            chosen = (msg_vals or {}).get("partner_ids") or message.sudo().partner_ids.ids
        unwanted = {
            recipient["id"]
            for recipient in recipients
            if recipient["share"] and recipient["id"] not in chosen
        } | set(invited.ids)
        unwanted -= set(wanting.ids) | {False}
        return [recipient for recipient in recipients if recipient["id"] not in unwanted]

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Lead customers with a login to the case's page."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        case_sudo = self.sudo()  # see `_notify_get_recipients`
        invited_ids = case_sudo._get_invited().ids
        button = {"active": True, "has_button_access": True}
        own_group = [
            "portal_case",
            lambda recipient: recipient["type"] == "portal" and recipient["id"] in invited_ids,
            button,
        ]
        return [own_group, *groups]

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Let answers go to the address of the type where it has one."""
        addresses = super()._notify_get_reply_to(default=default, author_id=author_id)
        for case_sudo in self.sudo():  # types are not customers' to read
            if case_sudo.type_id.alias_email:
                addresses[case_sudo.id] = case_sudo._notify_get_reply_to_formatted_email(
                    case_sudo.type_id.alias_email, author_id=author_id
                )
        return addresses

    # === BUSINESS METHODS === #

    def _take_turn(self, message):
        """Note whose turn it is after a message for everybody.

        :param message: as superuser
        """
        self.ensure_one()
        if any(not user.share for user in message.author_id.user_ids):
            self._note_answer()
        elif not self._is_opening(message):
            self._note_reply(message)

    def _is_opening(self, message):
        """Tell whether a message is what the case was opened with.

        :param message: as superuser
        :rtype: bool
        """
        if self.env.context.get("case_opening"):
            return True
        is_first = not self.message_ids.filtered(
            lambda other: other != message and other.message_type in ("comment", "email")
        )
        # What a form sends without a word are the files of the case.
        return is_first and (self.channel == "mail" or is_html_empty(message.body))

    def _note_answer_on_phone(self):
        """Close a case that was solved while the customer was on the telephone."""
        self.ensure_one()
        case_sudo = self.sudo()  # the time of the answer is the portal's own
        case_sudo._own_write({"first_answered_on": fields.Datetime.now()})
        self._change_state("done", note=self.env._("Solved on the telephone"))

    def _send_receipt(self):
        """Tell the customer that the case has come in: its number, and when an answer is due.

        Nothing is sent to somebody unknown, or about types that customers do not know.
        """
        for case_sudo in self.sudo():  # templates and contacts, whoever opened the case
            partner = case_sudo.partner_id
            if partner.email_normalized and case_sudo.type_id.is_in_portal:
                template_sudo = self.env.ref(RECEIPT).sudo()
                template_sudo._send_secret_mail(case_sudo, "kundenportal_addon.mail_layout_notice")
                # Whoever opened the case cannot start jobs; this one sends what is queued.
                self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _note_answer(self):
        """Take down that staff have answered."""
        values = {"customer_replied": False}
        if not self.first_answered_on:
            values["first_answered_on"] = fields.Datetime.now()
        self._own_write(values)
        self._settle_replies(self.env._("Answered"))

    def _note_reply(self, message):
        """Take down that the customer has written, and go on with what waited for that.

        :param message: as superuser
        """
        self._own_write({"customer_replied": True})
        if self.state == "waiting":
            self._change_state("in_progress", by_customer=True)
        self.env["kundenportal.protocol"]._log(
            "activity_reply_closed" if self.closed_on else "activity_reply",
            message.author_id or self.partner_id,
            note=self.display_name,
            record=self,
            company=self.company_id,
            responsible=self.user_id,
        )

    def _settle_replies(self, remark):
        """Close the entries of the customer's replies.

        :param str remark: what came of them
        """
        entries_sudo = (
            self.env["kundenportal.protocol"]
            .sudo()  # who answers need not be an officer
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("review_state", "=", "open"),
                    ("kind_id.code", "in", REPLY_KINDS),
                ]
            )
        )
        if entries_sudo:
            entries_sudo._mark_reviewed(remark, fields.Date.context_today(self))
