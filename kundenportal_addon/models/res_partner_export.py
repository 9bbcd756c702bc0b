import os
import shutil
from functools import partial

from odoo import models
from odoo.tools import html2plaintext
from odoo.tools.misc import split_every

from ..tools.data_archive import File, Section

#: Records that are in memory together.
BATCH = 100
#: What of a contact is its own data, in the order in which people read it.
CONTACT_FIELDS = (
    "name",
    "academic_title",
    "function",
    "email",
    "phone",
    "mobile",
    "fax",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "vat",
    "website",
    "lang",
    "tz",
    "form_of_address",
    "gender_title",
    "reachability_summary",
    "email_verified_on",
)


class ResPartner(models.Model):
    """What a customer's copy of its own data consists of."""

    _inherit = "res.partner"

    # === HOOKS === #

    def _get_portal_export_sections(self):
        """Return what the contact's copy of its own data consists of; each feature adds its own.

        Called for the acting customer's own contact, not as superuser: what is searched with its
        rights is what the portal shows. What belongs to the company, not to the person, is none of
        its data. Rows should be generators, see `_iter_for_export`; they run one after the other.

        :return: sections, see ``tools/data_archive.py``
        :rtype: list[Section]
        """
        self.ensure_one()
        return [
            self._export_contact(),
            self._export_protocol(),
            self._export_data_changes(),
        ]

    # === BUSINESS METHODS === #

    def _export_contact(self):
        contact_sudo = self.sudo()  # its own, field by field
        labels = {
            "login": self.env._("Login"),
            "level": self.env._("Access level"),
            "functions": self.env._("Portal functions"),
            "company": self.env._("Company"),
        }
        fields_of_contact = [name for name in CONTACT_FIELDS if name in self._fields]
        labels |= {
            name: self._fields[name]._description_string(self.env) for name in fields_of_contact
        }
        level = dict(self._fields["portal_access"]._description_selection(self.env))
        row = {
            "login": self.env.user.login,
            "level": level[contact_sudo.portal_access],
            "functions": ", ".join(contact_sudo.portal_function_ids.mapped("name")),
            "company": contact_sudo.parent_id.name,
        }
        for name in fields_of_contact:
            value, field = contact_sudo[name], self._fields[name]
            if field.type == "many2one":
                value = value.display_name
            elif field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value)
            row[name] = value or None
        return Section("contact", self.env._("Contact data"), labels, [row])

    def _export_protocol(self):
        entries = self.env["kundenportal.protocol"]
        labels = {
            "date": self.env._("Date"),
            "what": self.env._("What happened"),
            "about": self.env._("About"),
            "note": self.env._("Note"),
            "by": self.env._("Done by"),
            "address": self.env._("Network address"),
        }

        def prepare(batch_sudo):
            return ({key: row[key] for key in labels} for row in batch_sudo._prepare_portal_rows())

        found = entries._search_for_portal({"search": "", "group": "", "whose": "own"})
        rows = self._iter_for_export(found, prepare)
        return Section("protocol", self.env._("Activity history"), labels, rows)

    def _export_data_changes(self):
        labels = {
            "date": self.env._("Date"),
            "field": self.env._("Field"),
            "old": self.env._("Old"),
            "new": self.env._("New"),
            "state": self.env._("Status"),
            "reason": self.env._("Reason"),
        }
        lines_sudo = self.env["kundenportal.data.change.line"].sudo()  # its own, asked for below
        states = dict(lines_sudo._fields["state"]._description_selection(self.env))

        def prepare(batch_sudo):
            for line in batch_sudo:
                yield {
                    "date": line.change_id.create_date,
                    "field": line.field_id.field_description,
                    "old": line.old_value,
                    "new": line.new_value,
                    "state": states[line.state],
                    "reason": line.reason or "",
                }

        found = lines_sudo.search([("change_id.partner_id", "=", self.id)])
        rows = self._iter_for_export(found, prepare)
        return Section("data_changes", self.env._("Changes of data"), labels, rows)

    # === TOOLING === #

    def _iter_for_export(self, records, prepare):
        """Yield the rows of many records, a batch in memory at a time.

        :param records: of which only the ids are kept
        :param prepare: function of a batch that returns its rows
        """
        for ids in split_every(BATCH, records.ids):
            yield from prepare(records.browse(ids))
            self.env.invalidate_all()

    def _export_files(self, attachments_sudo):
        """Return files for a row.

        :param attachments_sudo: which the customer may read
        :rtype: list[File]
        """
        return [
            File(attachment.name or "", partial(self._copy_file, attachment))
            for attachment in attachments_sudo
            if attachment.type != "url"  # leads elsewhere
        ]

    def _copy_file(self, attachment_sudo, target):
        """Write a file's content; from the disk piece by piece, if it lies there."""
        name = attachment_sudo.store_fname
        path = name and attachment_sudo._full_path(name)
        if path and os.path.isfile(path):
            with open(path, "rb") as source:
                shutil.copyfileobj(source, target)
        else:
            target.write(attachment_sudo.raw or b"")
            attachment_sudo.invalidate_recordset(["raw", "datas"])

    def _export_text(self, body):
        """Return the text of a piece of HTML, for the page and for programs alike."""
        return html2plaintext(body or "").strip()
