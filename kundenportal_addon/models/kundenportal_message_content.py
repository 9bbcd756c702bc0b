import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import html_sanitize, is_html_empty

from ..tools.placeholders import (
    find_forbidden,
    has_placeholders,
    without_pictures,
    without_placeholders,
)

_logger = logging.getLogger(__name__)

#: What fills in the placeholders of each field.
ENGINES = {"subject": "inline_template", "body": "qweb"}


class KundenportalMessage(models.Model):
    """What a message says: placeholders of Odoo's mail templates, and who may write which.

    ``object`` is the contact that reads. Odoo's own restriction holds (only template editors write
    more than the simplest expressions), and more: nothing in a placeholder leaves the rights of the
    author (`tools.placeholders`), and the database refuses whatever it would write.
    """

    _inherit = "kundenportal.message"

    # === COMPUTE METHODS === #

    @api.depends("subject", "has_placeholders")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Name to customers, whose copies lead here, nothing of what stands in a placeholder."""
        is_staff = self.env.user._is_internal()
        for message in self:
            is_bare = message.has_placeholders and not is_staff
            message.display_name = message._get_bare_subject() if is_bare else message.subject

    def _compute_render_model(self):
        self.render_model = "res.partner"

    @api.depends("subject", "body")
    def _compute_has_placeholders(self):
        for message in self:
            message.has_placeholders = has_placeholders(message.subject, message.body)

    @api.depends("has_placeholders", "author_id")
    def _compute_is_author_lost(self):
        for message in self:
            message.is_author_lost = message.has_placeholders and not message._has_author()

    # === ACTION METHODS === #

    def action_preview(self):
        """Show the message as one of its recipients will read it.

        :return: an action that opens the dialog
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        recipient = self.partner_ids[:1] or self.group_ids.partner_ids[:1]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": "kundenportal.message.preview",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_message_id": self.id, "default_partner_id": recipient.id},
        }

    def action_take_over(self):
        """Make the acting user the sender of messages whose own sender lost the rights for it.

        :raise UserError: if the sender may still fill in the placeholders
        """
        self.check_access("write")
        for message in self:
            if message._has_author():
                raise UserError(self.env._("The sender can still fill in the placeholders."))
            message._check_placeholders(self.env.user)
            message.sudo().author_id = self.env.user  # the sender is nobody's to write
            self.env["kundenportal.protocol"]._log(
                "message_taken_over", None, note=message.subject, record=message
            )

    # === BUSINESS METHODS === #

    def _check_placeholders(self, user):
        """Refuse placeholders that a user may not write, or nobody.

        :param user: with whose rights they are to be filled in
        :raise AccessError: for what Odoo leaves to template editors
        :raise ValidationError: for what leads out of the user's rights, or cannot be read
        """
        self.ensure_one()
        if not self.has_placeholders:
            return
        word = find_forbidden(self.subject, self.body)
        if word:
            raise ValidationError(self.env._("“%s” cannot be used in placeholders.", word))
        # Groups of others are not an officer's to ask for.
        is_editor = user.sudo().has_group("mail.group_mail_template_editor")
        if self._is_unsafe() and not is_editor:
            raise AccessError(
                self.env._("Only editors of mail templates may write placeholders like these.")
            )

    def _is_unsafe(self):
        """Tell whether the placeholders are more than Odoo lets everybody write."""
        renderer = self.env["mail.render.mixin"]
        try:
            return renderer._has_unsafe_expression_template_inline_template(
                self.subject, "res.partner"
            ) or renderer._has_unsafe_expression_template_qweb(self.body or "", "res.partner")
        except Exception as error:  # whatever its compiler meets
            raise ValidationError(
                self.env._("A placeholder cannot be read: %s", error.__cause__ or error)
            ) from error

    def _check_complete(self):
        """Refuse to send what says nothing, or to nobody.

        :raise UserError: with the sentence for the staff
        """
        self.ensure_one()
        if not (self.subject or "").strip():
            raise UserError(self.env._("Please enter a subject."))
        if is_html_empty(self.body) and not self.attachment_ids:
            raise UserError(self.env._("Please enter a text."))
        if not self.partner_ids and not self.group_ids:
            raise UserError(self.env._("Please choose who gets the message."))
        if self.has_placeholders:
            if not self._has_author():
                raise UserError(
                    self.env._(
                        "The sender is no longer one of the portal's staff, so the placeholders "
                        "cannot be filled in. Become the sender first."
                    )
                )
            self._check_placeholders(self.author_id)

    def _has_author(self):
        """Tell whether the author is still there and one of the portal's staff."""
        self.ensure_one()
        author_sudo = self.sudo().author_id  # who reads need not read the staff
        return author_sudo.active and author_sudo.has_group("kundenportal_addon.group_officer")

    def _render_for(self, partner, user=None):
        """Fill in the placeholders for one reader.

        Never fails: what cannot be filled in gives a sentence, so that neither a sender who left
        nor a wrong expression shuts a customer out of its page.

        :param partner: the contact that reads
        :param user: with whose rights; by default the author's
        :return: ``subject``, ``body`` (sanitised), and ``is_failed``
        :rtype: dict
        """
        self.ensure_one()
        message_sudo = self.sudo()  # readers see what it says, not the record
        if not message_sudo.has_placeholders:
            return {
                "subject": message_sudo.subject,
                "body": self._sanitize(message_sudo.body),
                "is_failed": False,
            }
        try:
            if not user and not self._has_author():
                raise AccessError(self.env._("The sender of the message may not do that any more."))
            with self.env.cr.savepoint():
                # A placeholder that writes is refused by the database, whatever it is.
                self.env.cr.execute("SET TRANSACTION READ ONLY")
                subject, body = message_sudo._render(partner, user or message_sudo.author_id)
        except OperationalError:  # Odoo repeats the whole request
            raise
        except Exception:  # expressions are anybody's; see above
            _logger.info("Message %s cannot be filled in", self.id, exc_info=True)
            return {
                "subject": message_sudo._get_bare_subject(),
                "body": self.env._(
                    "The text of this message cannot be shown at the moment. Please contact us."
                ),
                "is_failed": True,
            }
        if user and user != message_sudo.author_id and message_sudo._is_unsafe():
            # What only the one who looks may read must not get to the one who wrote.
            body = without_pictures(body)
        return {"subject": subject, "body": self._sanitize(body), "is_failed": False}

    def _render_subjects(self, partner):
        """Fill in the placeholders of many subjects for one reader, in few queries.

        :param partner: the contact that reads
        :return: subjects by id of the message
        :rtype: dict[int, str]
        """
        subjects, rest = {}, self.browse()
        for message_sudo in self.sudo():  # see `_render_for`
            if not message_sudo.has_placeholders:
                subjects[message_sudo.id] = message_sudo.subject
            elif message_sudo._has_author():
                rest += message_sudo
            else:
                subjects[message_sudo.id] = message_sudo._get_bare_subject()
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute("SET TRANSACTION READ ONLY")
                for message_sudo in rest:
                    subject = message_sudo._render(partner, message_sudo.author_id, ["subject"])[0]
                    subjects[message_sudo.id] = subject
        except OperationalError:  # see `_render_for`
            raise
        except Exception:  # one of them fails: each on its own
            _logger.info("Subjects of messages %s cannot be filled in", rest.ids, exc_info=True)
            for message_sudo in rest:
                subjects[message_sudo.id] = message_sudo._render_for(partner)["subject"]
        return subjects

    def _get_bare_subject(self):
        return without_placeholders(self.subject) or self.env._("Message")

    def _render(self, partner, user, names=("subject", "body")):
        """Return subject and text as a user's rights let them read for a contact.

        :param names: of the two fields, or of one
        """
        if find_forbidden(self.subject, self.body):
            raise AccessError(self.env._("The placeholders lead out of the sender's rights."))
        env = self.env(
            user=user.id,
            su=False,
            # Nothing of the request of whoever reads: placeholders can ask for the context.
            context={
                "lang": partner.sudo().lang or user.sudo().lang,
                "tz": user.sudo().tz,
                "allowed_company_ids": self.company_id.ids,
                "minimal_qcontext": True,
            },
        )
        renderer = env["mail.render.mixin"]
        # Odoo's `user` is a superuser's record of it, which reads everything.
        context = {"user": env["res.users"].browse(user.id), "env": None}
        texts = {
            name: renderer._render_template(
                self[name] or "",
                "res.partner",
                partner.ids,
                engine=ENGINES[name],
                add_context=context,
            )[partner.id]
            for name in names
        }
        if "subject" in texts:
            texts["subject"] = " ".join(str(texts["subject"]).split())
        return list(texts.values())

    @api.model
    def _sanitize(self, body):
        """Return a text as it may stand on a page: without anything that acts."""
        return html_sanitize(
            body or "", sanitize_attributes=True, sanitize_style=True, sanitize_form=True
        )
