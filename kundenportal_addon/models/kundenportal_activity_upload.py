from odoo import api, models

from ..tools.upload import ENDINGS, FileTooLarge, is_allowed, read_upload

MAX_FILES = 5
MAX_FILE_MEGABYTES = 10


class KundenportalActivity(models.Model):
    """Files that customers send with a case: how many, how large, of which kinds."""

    _inherit = "kundenportal.activity"

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_upload_limits(self):
        """Return what a page says of the limits, and what its script needs to hold them.

        :return: ``max_files``, ``max_megabytes``, ``files_endings`` and ``files_accept`` (for the
            attribute of an input)
        :rtype: dict
        """
        return {
            "max_files": MAX_FILES,
            "max_megabytes": MAX_FILE_MEGABYTES,
            "files_endings": ",".join(ENDINGS),
            # The first makes telephones offer the camera.
            "files_accept": ",".join(("image/*", *(f".{ending}" for ending in ENDINGS))),
        }

    @api.model
    def _read_uploads(self, files, present=0):
        """Read uploads, and refuse what may not be sent.

        :param files: uploads (``werkzeug.datastructures.FileStorage``); empty fields are ignored
        :param int present: how many files there are already that count, too
        :return: pairs of a safe name and the content, and a sentence if something is wrong
        :rtype: tuple[list[tuple[str, bytes]], str | None]
        """
        files = [upload for upload in files if upload.filename]
        if files and len(files) + present > MAX_FILES:
            return [], self.env._("Please choose no more than %s files.", MAX_FILES)
        uploads = []
        for upload in files:
            try:
                name, content = read_upload(upload, MAX_FILE_MEGABYTES * 2**20)
            except FileTooLarge as error:
                return [], self.env._(
                    "“%(name)s” is too large; a file may have %(size)s MB.",
                    name=str(error),
                    size=MAX_FILE_MEGABYTES,
                )
            if not content:
                return [], self.env._("“%s” is empty.", name)
            if not is_allowed(name):
                return [], self.env._(
                    "“%s” cannot be sent. Photos, videos, PDF, office documents, texts and ZIP "
                    "files can.",
                    name,
                )
            uploads.append((name, content))
        return uploads, None
