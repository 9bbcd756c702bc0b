import re

from odoo import api, models
from odoo.tools import email_normalize

from ..tools.typed_text import clean

SUBJECT_LENGTH = 200
#: What may be the number of a case in a subject: no word, and no year.
NUMBER = re.compile(r"[\w./-]*\d[\w./-]*")
NUMBER_LENGTHS = range(5, 41)
#: A subject with more of them is no answer.
MAX_NUMBERS = 10


class KundenportalActivity(models.Model):
    """Mails that come in: a new one makes a case, an answer lands in its case and reopens it.

    Whose mail it is, is said by the address only; so a mail never shows anything to its sender. It
    lands in a case that exists if the sender is one of those whose case it is, whatever it refers
    to and whatever number it names; else it makes a case of its own, which tells staff the rest.
    """

    _inherit = "kundenportal.activity"

    # === HOOKS OF THE GATEWAY === #

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a case of a mail, or find the sender's own one that the subject names.

        :param dict msg_dict: the mail, as in Odoo
        :param dict custom_values: of the alias; ``answer_to_id`` is the case that the mail answers
            and may not land in
        :return: the case
        """
        self.check_access("create")  # any remote call can come here
        values = dict(custom_values or {})
        remark = self._get_answer_remark(self.browse(values.pop("answer_to_id", None)))
        named = self._find_named_cases(msg_dict.get("subject"))
        # Numbers can be guessed and addresses forged: nobody speaks for us by naming one.
        is_staff = self._is_staff(self._search_senders(msg_dict.get("email_from")))
        for case in named._get_remaining():
            if not is_staff and case._takes_mail_of(msg_dict.get("email_from")):
                case.message_update(msg_dict)
                return case
        if named and not is_staff:
            remark = remark or self._get_number_remark(named)
        sender = self._find_sender(msg_dict.get("email_from"))
        # Odoo takes the first of several contacts with the address.
        msg_dict["author_id"] = sender.id
        subject = clean(msg_dict.get("subject"), SUBJECT_LENGTH)
        values |= {
            "name": subject or self.env._("Mail without a subject"),
            "channel": "mail",
            "partner_id": sender.id,
        }
        case = super().message_new(msg_dict, values)
        if remark:
            case._message_log(body=remark)
        return case

    def message_update(self, msg_dict, update_vals=None):
        """Take up again what was closed when the customer answers, unless that is too long ago.

        The rest follows from the message in the conversation, which comes next.

        :param dict msg_dict: the mail, as in Odoo
        :param dict update_vals: as in Odoo
        :return: True
        """
        self.check_access("write")  # see `message_new`
        result = super().message_update(msg_dict, update_vals)
        for case in self:
            sender = case._find_party(msg_dict.get("email_from"))
            if not self._is_staff(sender):
                msg_dict["author_id"] = sender.id
                is_written = not self.env.context.get("case_mail_is_automatic")
                if is_written and case.state == "done" and case._is_reopenable():
                    case._change_state("in_progress", by_customer=True)
        return result

    # === BUSINESS METHODS: WHERE A MAIL GOES === #

    def _redirect_mail(self, message_dict, route):
        """Return where an answer to this case goes.

        :param dict message_dict: the mail
        :param tuple route: as Odoo found it, to this case
        :return: the route, or that of a new case where the sender is nobody of this one
        :rtype: tuple
        """
        self.ensure_one()
        model, _case_id, values, user_id, alias = route
        case = self._get_remaining()
        if case._takes_mail_of(message_dict.get("email_from")):
            return (model, case.id, values, user_id, alias)
        own_alias = self.type_id.alias_id if self.type_id.alias_name else None
        values = {"type_id": self.type_id.id, "answer_to_id": self.id}
        return (model, False, values, user_id, alias or own_alias)

    def _get_remaining(self):
        """Return what is left of the cases after duplicates were merged, in the same order."""
        remaining = self
        while remaining.merged_into_id:
            remaining = self.browse().union(*(case.merged_into_id or case for case in remaining))
        return remaining

    def _takes_mail_of(self, email):
        """Tell whether a mail from an address lands in this case.

        :param str email: as the mail has it
        :rtype: bool
        """
        self.ensure_one()
        # Whoever opened a case that is still nobody's may go on.
        own = not self.partner_id and email_normalize(self.email_from)
        return bool(self._find_party(email)) or bool(own and own == email_normalize(email))

    def _find_party(self, email):
        """Return whom of those who may see this case an address belongs to.

        :param str email: as the mail has it
        :return: a contact, or none: the customer, a participant, a main user, or staff
        """
        self.ensure_one()
        # Their own rights decide, as on every page; a contact without a login is the customer or
        # takes part, or has none.
        invited = self._get_invited()
        found = self._search_senders(email)
        for partner in found:
            if partner in invited:
                return partner
            user = partner.user_ids[:1]
            if user and self.with_user(user).sudo(False).has_access("read"):
                return partner
        return found.browse()

    @api.model
    def _search_senders(self, email):
        """Return all contacts with an address, those with a login first."""
        normalized = email_normalize(email)
        if not normalized:
            return self.env["res.partner"]
        found = self.env["res.partner"].search([("email_normalized", "=", normalized)], order="id")
        return found.sorted(lambda partner: not partner.user_ids)

    @api.model
    def _find_sender(self, email):
        """Return whose mail it is: the one contact with the address, or the company of several.

        :param str email: as the mail has it
        :return: a contact; none if it is nobody's, several companies', or of our own staff
        """
        found = self._search_senders(email)
        if self._is_staff(found):
            return found.browse()
        company = self._get_only_company(found)
        with_login = found.filtered("user_ids")
        if not company:  # main users may give a colleague whatever address
            with_login = with_login.filtered("email_verified_on")
        found = with_login if len(with_login) == 1 else found
        return found if len(found) <= 1 else company

    @api.model
    def _is_staff(self, partners):
        return any(user._is_internal() for user in partners.user_ids)

    @api.model
    def _get_only_company(self, partners):
        """Return the company that several contacts are of, if it is the same for all."""
        company = partners.commercial_partner_id
        return company if len(company) == 1 else company.browse()

    @api.model
    def _find_named_cases(self, subject):
        """Return the cases whose number stands in a subject, whosever they are."""
        words = [word.strip("./-") for word in NUMBER.findall(clean(subject, SUBJECT_LENGTH))]
        numbers = {word for word in words if len(word) in NUMBER_LENGTHS}
        if not numbers or len(numbers) > MAX_NUMBERS:
            return self.browse()
        return self.search([("number", "in", sorted(numbers))], order="id desc")

    # === BUSINESS METHODS: WHAT STAFF ARE TOLD === #

    @api.model
    def _get_answer_remark(self, case):
        if not case.exists():
            return ""
        return self.env._(
            "This mail answers %s, but its address belongs to nobody who may see that.",
            case.display_name,
        )

    @api.model
    def _get_number_remark(self, cases):
        return self.env._(
            "The subject names %s, but the address belongs to nobody who may see that.",
            ", ".join(cases.mapped("number")),
        )
