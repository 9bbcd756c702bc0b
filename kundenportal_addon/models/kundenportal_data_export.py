import logging
import tempfile
from datetime import date, datetime, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime, formatLang

from ..tools.data_archive import Words, write_archive

_logger = logging.getLogger(__name__)

#: How long a copy can be downloaded.
LIFETIME = timedelta(hours=24)
#: A copy is kept in parts, so that no process ever holds more of it.
PART_BYTES = 16 * 2**20


class KundenportalDataExport(models.Model):
    """A copy of a customer's own data, made in the background, which only that person downloads.

    Nobody has access to the model, staff and administrators no more than others, and so nobody to
    its files: the pages' door is `_find_own`, which takes no id. What a copy consists of,
    ``res.partner._get_portal_export_sections`` says. It is made with the rights of the person, so
    that it holds what the portal shows, and nothing else.
    """

    _name = "kundenportal.data.export"
    _description = "Copy of Somebody's Own Data"
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", string="Login", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Selection(
        [("pending", "Being made"), ("ready", "Ready"), ("failed", "Failed")],
        string="Status",
        required=True,
        readonly=True,
        default="pending",
    )
    valid_until = fields.Datetime(readonly=True)
    size = fields.Integer(string="Size (bytes)", readonly=True)
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Parts of the File",
        domain=[("res_model", "=", "kundenportal.data.export")],
        readonly=True,
    )

    _pending_unique = models.UniqueIndex("(partner_id) WHERE state = 'pending'")
    _partner_idx = models.Index("(partner_id, id)")

    # === CRUD METHODS === #

    def unlink(self):
        """Delete the files, too."""
        self.attachment_ids.unlink()
        return super().unlink()

    # === BUSINESS METHODS: THE CUSTOMER === #

    @api.model
    def _request_by_customer(self, form_key):
        """Ask for a copy of the acting customer's data; while one is being made, that is it.

        :param str form_key: one-time key of the form
        :return: the copy as superuser, empty if there is a refusal; and that, as a sentence
        :rtype: tuple[recordset, str | None]
        """
        exports_sudo = self.sudo()  # the table is nobody's
        form_keys = self.env["kundenportal.form.key"]
        if earlier_sudo := form_keys._find(form_key) or exports_sudo._find_own(("pending",)):
            return earlier_sudo, None
        user = self.env.user
        if refusal := self.env["kundenportal.throttle"]._get_refusal("data_export", user=user.id):
            return exports_sudo.browse(), refusal
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO kundenportal_data_export (
                    partner_id, user_id, state, create_uid, create_date, write_uid, write_date
                )
                VALUES (%(partner)s, %(user)s, 'pending', %(user)s, %(now)s, %(user)s, %(now)s)
                    ON CONFLICT (partner_id) WHERE state = 'pending' DO NOTHING
             RETURNING id
                """,
                partner=user.partner_id.id,
                user=user.id,
                now=fields.Datetime.now(),
            ),
            log_exceptions=False,  # of two at once Odoo starts the second anew
        )
        export_sudo = exports_sudo.browse(row[0] for row in self.env.cr.fetchall())
        if export_sudo:
            form_keys._remember(form_key, export_sudo)
            user._log_portal_user("own_data_requested")
        # Customers cannot start jobs; this one does nothing but what was asked for.
        self.env.ref("kundenportal_addon.ir_cron_data_export").sudo()._trigger()
        return export_sudo or exports_sudo._find_own(("pending",)), None

    @api.model
    def _find_own(self, states=("pending", "ready", "failed")):
        """Return the acting customer's latest copy that can be downloaded, is made, or failed.

        :param states: only of these
        :return: as superuser, empty if there is none
        """
        exports_sudo = self.sudo()  # its own, and nobody else's
        found = exports_sudo.search(
            Domain("partner_id", "=", self.env.user.partner_id.id)
            & Domain("user_id", "=", self.env.uid),
            limit=1,
        )
        is_over = found.state == "ready" and found.valid_until <= fields.Datetime.now()
        return found.filtered(lambda export: export.state in states and not is_over)

    # === BUSINESS METHODS: MAKING === #

    def _make(self):
        """Make the file, and tell the customer that it is there.

        Whoever has lost access meanwhile gets none.
        """
        self.ensure_one()
        user = self.user_id
        if not user.active or not user._get_portal_level():
            self.unlink()
            return
        partner = self.partner_id.with_user(user)
        zone = user.tz or user.company_id._get_portal_zone()
        partner = partner.with_context(lang=user.lang or "en_US", tz=zone)
        with tempfile.TemporaryFile() as target:
            words, show = self._get_words(partner), self._get_show(partner)
            write_archive(target, partner._get_portal_export_sections(), words, show)
            size = target.tell()
            target.seek(0)
            self._keep(target)
        self._get_earlier().unlink()
        self.write(
            {"state": "ready", "size": size, "valid_until": fields.Datetime.now() + LIFETIME}
        )
        if user.email_normalized:
            template = self.env.ref("kundenportal_addon.mail_template_data_export")
            link = f"{user.get_base_url()}/my/data"
            template._send_portal_mail(user, user.company_id, portal_link=link)

    def _keep(self, source):
        """Keep the file in parts.

        :param source: binary file
        """
        while content := source.read(PART_BYTES):
            part = self.env["ir.attachment"].create(
                {
                    "name": f"{self._name},{self.id}",
                    "res_model": self._name,
                    "res_id": self.id,
                    "mimetype": "application/octet-stream",
                    "raw": content,
                }
            )
            self.env.flush_all()
            part.invalidate_recordset()

    def _get_earlier(self):
        return self.search([("partner_id", "in", self.partner_id.ids), ("id", "<", self.id)])

    @api.model
    def _get_words(self, partner):
        env = partner.env
        return Words(
            lang=env.context["lang"].replace("_", "-"),
            title=env._("My data"),
            intro=env._(
                "What the customer portal of %(company)s keeps about %(name)s, as of %(date)s. The "
                "same is in data.json, for programs; times there are in UTC.",
                company=env.user.company_id.name,
                name=partner.name or "",
                date=format_datetime(env, fields.Datetime.now(), dt_format="short"),
            ),
            nothing=env._("Nothing"),
        )

    @api.model
    def _get_show(self, partner):
        """Return the function that shows what is no text, as the person reads it."""
        env = partner.env

        def show(value):
            if isinstance(value, bool):
                return env._("Yes") if value else env._("No")
            if isinstance(value, datetime):
                return format_datetime(env, value, dt_format="short")
            if isinstance(value, date):
                return format_date(env, value)
            return formatLang(env, value) if isinstance(value, float) else str(value)

        return show

    # === CRONS === #

    @api.model
    def _cron_make(self):
        """Make what was asked for, committing each, and delete what is over.

        Whoever is killed leaves it waiting; the next run makes it anew.
        """
        cron = self.env["ir.cron"]
        self.search([("valid_until", "<=", fields.Datetime.now())]).unlink()
        self._delete_orphans()
        pending = self.search([("state", "=", "pending")], order="id")
        cron._commit_progress(remaining=len(pending))
        for export in pending:
            export._make_or_fail()
            if not cron._commit_progress(1):
                break

    @api.model
    def _delete_orphans(self):
        """Delete files of people who were deleted with all that was theirs."""
        self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "not in", self.search([]).ids)]
        ).unlink()

    def _make_or_fail(self):
        """Make the file; where that fails, say so to its owner instead of trying for ever."""
        if not self.try_lock_for_update().filtered(lambda export: export.state == "pending"):
            return  # made or withdrawn meanwhile
        try:
            with self.env.cr.savepoint():
                self._make()
        except Exception:  # what is to be read was written by many; the others go on
            _logger.exception("The copy of data %s cannot be made", self.id)
            self.env.invalidate_all(flush=False)
            self.state = "failed"

    # === BUSINESS METHODS: WHO IS GONE === #

    @api.model
    def _drop_for(self, partners):
        """Drop what was made for, or promised to, contacts that are no longer who they were.

        :param partners: contacts that are merged, or whose account was deleted
        """
        self.sudo().search([("partner_id", "in", partners.ids)]).unlink()  # called past their gates
