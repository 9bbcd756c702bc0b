from odoo import api, models
from odoo.tools import plaintext2html

from ..tools.upload import ENDINGS, BadEnding, FileTooLarge, read_upload

#: How many files a customer may send with one form field, and how large each may be.
MAX_FILES = 10
MAX_MEGABYTES = 10


class KundenportalActivity(models.Model):
    """What customers write and send; called for cases that the acting customer may read."""

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS === #

    @api.model
    def _get_upload_limits(self):
        """Return what a page says about files before they are sent; the same is checked after.

        :return: ``max_files``, ``max_megabytes``, ``files_endings`` (for scripts) and
            ``files_accept`` (for the browser's dialog)
        :rtype: dict
        """
        return {
            "max_files": MAX_FILES,
            "max_megabytes": MAX_MEGABYTES,
            "files_endings": ",".join(sorted(ENDINGS)),
            "files_accept": ",".join(f".{ending}" for ending in sorted(ENDINGS)),
        }

    @api.model
    def _read_uploads(self, uploads, already=0):
        """Read the files of one form field.

        :param uploads: ``werkzeug.datastructures.FileStorage``, as the browser sent them
        :param int already: how many are there that stay
        :return: pairs of a safe name and the content, and a sentence if something is wrong
        :rtype: tuple[list, str | None]
        """
        if len(uploads) + already > MAX_FILES:
            return [], self.env._("Please choose no more than %s files.", MAX_FILES)
        found = []
        for upload in uploads:
            try:
                name, content = read_upload(upload, MAX_MEGABYTES * 2**20, ENDINGS)
            except FileTooLarge as error:
                return [], self.env._(
                    "“%(name)s” is too large; a file may have %(size)s MB.",
                    name=str(error),
                    size=MAX_MEGABYTES,
                )
            except BadEnding as error:
                return [], self.env._(
                    "“%s” is of a kind that is not taken. Photos, videos, PDF, office documents, "
                    "texts and ZIP are.",
                    str(error),
                )
            if not content:
                return [], self.env._("“%s” is empty.", name)
            found.append((name, content))
        return found, None

    def _post_by_customer(self, text, files=()):
        """Write into the conversation what the acting customer says.

        :param str text: plain text; may be empty if there are files
        :param files: pairs of a safe name and the content
        :return: the message as superuser
        """
        self.ensure_one()
        case_sudo = self.sudo()  # customers write by methods only
        return case_sudo.message_post(
            body=plaintext2html(text) if text else "",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.env.user.partner_id.id,
            attachments=list(files),
        )
