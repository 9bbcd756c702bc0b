from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import PORTAL_LEVELS

#: From the least to the most important.
IMPORTANCE = [("info", "Information"), ("warning", "Warning"), ("urgent", "Urgent")]

#: What customers read; another text of it is a new revision.
CONTENT_FIELDS = ("title", "body", "importance")

#: What the portal itself keeps, as it begins; no remote call writes it.
OWN_VALUES = {
    "is_published": False,
    "was_shown": False,
    "revision": 1,
    "revised_on": False,
    "mailed_revision": 0,
    "mail_cursor": 0,
}

AUDIENCE_FIELDS = ("level", "category_ids", "function_ids", "partner_ids")

#: What `res.company._get_cached_announcements` keeps.
CACHED_FIELDS = {
    "title",
    "importance",
    "revision",
    "revised_on",
    "is_published",
    "publish_on",
    "remove_after",
    "company_id",
    "audience",
    *AUDIENCE_FIELDS,
}


class KundenportalAnnouncement(models.Model):
    """News for everybody in an audience, on every portal page as long as it runs.

    Customers have no access to the model, whatever their functions: a record rule with a date in it
    would be cached beyond that date. Their door is ``_find_for_customer``
    (``kundenportal_announcement_customer.py``).
    """

    _name = "kundenportal.announcement"
    _description = "Announcement"
    _order = "publish_on desc, id desc"
    _rec_name = "title"

    title = fields.Char(required=True)
    body = fields.Html(string="Text", required=True)
    importance = fields.Selection(IMPORTANCE, required=True, default="info")
    company_id = fields.Many2one(
        "res.company",
        string="Our Company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )

    audience = fields.Selection(
        [("all", "All customers"), ("chosen", "Only some")],
        required=True,
        default="all",
        help="Only some: customers who meet every criterion that is filled in. They need the "
        "portal function “Announcements” in any case.",
    )
    level = fields.Selection(PORTAL_LEVELS, help="Empty: main users and users.")
    # What an announcement was narrowed by must neither be deleted nor overlooked once it is
    # archived, nor filtered by a domain here: the announcement would be shown to more people.
    category_ids = fields.Many2many(
        "res.partner.category",
        "kundenportal_announcement_category_rel",
        "announcement_id",
        "category_id",
        string="Customer Groups",
        ondelete="restrict",
        context={"active_test": False},
        help="In one of them, the contact itself or its company.",
    )
    function_ids = fields.Many2many(
        "kundenportal.function",
        "kundenportal_announcement_function_rel",
        "announcement_id",
        "function_id",
        string="Functions",
        ondelete="restrict",
        context={"active_test": False},
        help="With one of these portal functions.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "kundenportal_announcement_partner_rel",
        "announcement_id",
        "partner_id",
        string="Companies",
        ondelete="restrict",
        context={"active_test": False},
        help="Everybody of one of these companies.",
    )
    audience_count = fields.Integer(
        string="Audience Size",
        compute="_compute_audience_count",
        help="Customers with a login who get the announcement as things stand now.",
    )

    publish_on = fields.Date(
        required=True,
        copy=False,
        default=lambda self: self.env.company._get_portal_today(),
        help="From the beginning of this day, in the time zone of our company.",
    )
    remove_after = fields.Date(
        copy=False,
        help="The last day on which customers see it, in the time zone of our company; empty: it "
        "stays until it is withdrawn.",
    )
    is_published = fields.Boolean(readonly=True, copy=False)
    was_shown = fields.Boolean(
        readonly=True, copy=False, help="Customers may know it from before it was withdrawn."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("scheduled", "Planned"),
            ("published", "Published"),
            ("expired", "Expired"),
        ],
        compute="_compute_state",
        search="_search_state",
    )

    revision = fields.Integer(readonly=True, required=True, default=1, copy=False)
    revised_on = fields.Datetime(string="Changed on", readonly=True, copy=False)
    is_correction = fields.Boolean(
        string="Only a Correction",
        store=False,
        help="For this one saving: customers who have read it are not bothered again.",
    )

    by_mail = fields.Boolean(
        string="Also by Mail",
        help="To those of the audience who have an e-mail address and have not opted out of mails "
        "about announcements; on the morning of the day, or at once if that has come.",
    )
    mailed_revision = fields.Integer(
        readonly=True, copy=False, help="The last revision whose mails are all on their way."
    )
    mail_cursor = fields.Integer(
        readonly=True, copy=False, help="Of the revision underway: the contact reached last."
    )
    is_mail_pending = fields.Boolean(
        compute="_compute_is_mail_pending", store=True, index="btree_not_null"
    )

    read_count = fields.Integer(string="Read by", compute="_compute_read_count")

    _days_ordered = models.Constraint(
        "CHECK (remove_after >= publish_on)", "An announcement cannot end before it begins."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("audience", *AUDIENCE_FIELDS)
    def _check_audience(self):
        for announcement in self:
            if announcement.audience == "chosen" and not any(
                announcement[name] for name in AUDIENCE_FIELDS
            ):
                raise ValidationError(
                    self.env._("Choose who is to see the announcement, or address all customers.")
                )

    # === COMPUTE METHODS === #

    @api.depends("is_published", "publish_on", "remove_after", "company_id")
    def _compute_state(self):
        for announcement in self:
            today = announcement.company_id._get_portal_today()
            if not announcement.is_published:
                announcement.state = "draft"
            elif announcement.publish_on > today:
                announcement.state = "scheduled"
            elif announcement.remove_after and announcement.remove_after < today:
                announcement.state = "expired"
            else:
                announcement.state = "published"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Each company has its own today; which companies there are is no secret of theirs.
        return Domain.OR(
            Domain("company_id", "=", company.id) & self._get_state_domain(state, company)
            for company in self.env["res.company"].sudo().search([])
            for state in value
        )

    @api.model
    def _get_state_domain(self, state, company):
        today = company._get_portal_today()
        if state not in ("scheduled", "expired", "published"):
            return Domain("is_published", "=", False) if state == "draft" else Domain.FALSE
        expired = Domain("remove_after", "!=", False) & Domain("remove_after", "<", today)
        domain = {
            "scheduled": Domain("publish_on", ">", today),
            "expired": Domain("publish_on", "<=", today) & expired,
            "published": Domain("publish_on", "<=", today) & ~expired,
        }[state]
        return Domain("is_published", "=", True) & domain

    @api.depends("is_published", "by_mail", "revision", "mailed_revision")
    def _compute_is_mail_pending(self):
        for announcement in self:
            announcement.is_mail_pending = (
                announcement.is_published
                and announcement.by_mail
                and announcement.mailed_revision < announcement.revision
            )

    @api.depends("revision")
    def _compute_read_count(self):
        counts = {
            (announcement.id, revision): count
            for announcement, revision, count in self.env[
                "kundenportal.announcement.receipt"
            ]._read_group(
                [("announcement_id", "in", self._origin.ids), ("read_on", "!=", False)],
                ["announcement_id", "revision"],
                ["__count"],
            )
        }
        for announcement in self:
            key = announcement._origin.id, announcement.revision
            announcement.read_count = counts.get(key, 0)

    @api.depends("audience", "company_id", *AUDIENCE_FIELDS)
    def _compute_audience_count(self):
        for announcement in self:
            announcement.audience_count = announcement._count_audience()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_own_fields(vals)
        # Written out, so that no context brings other ones as defaults.
        begin = {} if self.env.su else OWN_VALUES
        announcements = super().create(
            [{**begin, **vals, "is_correction": False} for vals in vals_list]
        )
        announcements._forget_cached()
        announcements._schedule_mails()
        return announcements

    def write(self, vals):
        """Make a new revision of what customers may have seen in other words.

        With ``is_correction`` it remains the same revision.
        """
        self._check_own_fields(vals)
        vals = dict(vals)
        is_correction = vals.pop("is_correction", False)
        before = {}
        if not is_correction and not vals.keys().isdisjoint(CONTENT_FIELDS):
            before = {a: a._get_content() for a in self if a._may_have_been_seen()}
        result = super().write(vals)
        for announcement, content in before.items():
            if announcement._get_content() != content:
                announcement._start_revision()
        if not CACHED_FIELDS.isdisjoint(vals):
            self._forget_cached()
        if not {"is_published", "by_mail", "publish_on", *CONTENT_FIELDS}.isdisjoint(vals):
            self._schedule_mails()
        return result

    def unlink(self):
        self.check_access("unlink")
        self._cancel_queued_mails()
        result = super().unlink()
        self._forget_cached()
        return result

    def _check_own_fields(self, vals):
        """Refuse that remote calls write what follows from publishing, which is recorded.

        :raise UserError: if ``vals`` names such a field
        """
        if not self.env.su and not OWN_VALUES.keys().isdisjoint(vals):
            raise UserError(
                self.env._("Announcements are published and withdrawn by their buttons.")
            )

    # === ACTION METHODS === #

    def action_publish(self):
        """Show the announcements to customers from their first day on.

        :raise UserError: if the last day of one is over already
        """
        self.check_access("write")
        for announcement in self:
            today = announcement.company_id._get_portal_today()
            if announcement.remove_after and announcement.remove_after < today:
                raise UserError(
                    self.env._("The last day of “%s” is over already.", announcement.title)
                )
        self.sudo().is_published = True  # written by buttons only; the right was checked above
        for announcement in self:
            self.env["kundenportal.protocol"]._log(
                "announcement_published", None, note=announcement.title, record=announcement
            )
        return True

    def action_withdraw(self):
        """Take the announcements away from customers and make drafts of them."""
        self.check_access("write")
        self._cancel_queued_mails()
        own_sudo = self.sudo()  # see action_publish
        own_sudo.filtered(lambda announcement: announcement._may_have_been_seen()).was_shown = True
        own_sudo.is_published = False
        return True

    def action_edit(self):
        """Open the announcement's form.

        :return: an action
        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self[:1].id,
            "views": [(False, "form")],
        }

    def action_view_receipts(self):
        """List who has read the announcement as it is now.

        :return: an action
        :rtype: dict
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "kundenportal_addon.kundenportal_announcement_receipt_action"
        )
        action["domain"] = [("announcement_id", "in", self.ids)]
        return action

    # === BUSINESS METHODS === #

    def _is_running(self):
        """Tell whether customers may see the announcement now."""
        self.ensure_one()
        return self.state == "published"

    def _get_content(self):
        return tuple(self[name] for name in CONTENT_FIELDS)

    def _may_have_been_seen(self):
        """Tell whether customers may know the announcement as it is."""
        self.ensure_one()
        if self.was_shown or self.state in ("published", "expired"):
            return True
        receipts = self.env["kundenportal.announcement.receipt"]
        return bool(receipts.search_count([("announcement_id", "=", self.id)], limit=1))

    def _start_revision(self):
        """Show the announcement to everybody again, marked as changed."""
        self.ensure_one()
        self._cancel_queued_mails()
        self.sudo().write(  # see OWN_VALUES
            {
                "revision": self.revision + 1,
                "revised_on": fields.Datetime.now(),
                "mail_cursor": 0,
            }
        )

    def _get_morning(self, hour):
        """Return when it is ``hour`` o'clock of the first day where our company is.

        :rtype: datetime.datetime
        :return: naive, in UTC
        """
        self.ensure_one()
        zone = ZoneInfo(self.company_id._get_portal_zone())
        morning = datetime.combine(self.publish_on, time(hour), zone)
        return morning.astimezone(UTC).replace(tzinfo=None)

    def _forget_cached(self):
        """Let every worker ask the database for announcements again."""
        self.env.registry.clear_cache()
        # Another thread may have read, and cached, what holds until this transaction ends.
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
