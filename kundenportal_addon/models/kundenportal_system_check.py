from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.tools import SQL, config

#: A cron that should have run this long ago does not run at all.
CRON_DELAY = timedelta(hours=1)

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "0.0.0.0", None, ""}


class KundenportalSystemCheck(models.TransientModel):
    """What the portal needs of the system around it, looked at when somebody asks.

    Each check is a method without arguments that returns ``(state, finding, advice)`` and reads
    what it needs with sudo; `_get_checks` lists them. A feature adds a method and extends the list.
    """

    _name = "kundenportal.system.check"
    _description = "System Check"
    _order = "sequence, id"

    sequence = fields.Integer(readonly=True)
    code = fields.Char(readonly=True)
    name = fields.Char(string="Check", readonly=True)
    state = fields.Selection(
        [("ok", "OK"), ("warning", "Warning"), ("error", "Error")], readonly=True
    )
    finding = fields.Char(readonly=True)
    advice = fields.Char(string="What to Do", readonly=True)

    # === ACTION METHODS === #

    @api.model
    def action_run(self):
        """Run all checks and open the list of results.

        :return: the action
        :rtype: dict
        """
        self.search([]).unlink()  # one's own: others' transient records are not to be seen
        self.create(
            [
                self._prepare_result(code, name, number)
                for number, (code, name) in enumerate(self._get_checks().items(), start=1)
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("System Check"),
            "res_model": self._name,
            "views": [(False, "list")],
            "target": "main",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_checks(self):
        """Return the checks in the order of the list; hook for features.

        :return: names to show by the code of the method ``_check_system_<code>``
        :rtype: dict[str, str]
        """
        return {
            "mail_server": self.env._("Outgoing mail server"),
            "failed_mails": self.env._("Mails that were not sent"),
            "base_url": self.env._("Address of the portal"),
            "proxy_mode": self.env._("Proxy mode"),
            "crons": self.env._("Scheduled actions"),
            "btree_gist": self.env._("PostgreSQL extension btree_gist"),
            "levels": self.env._("Portal users without a level"),
        }

    @api.model
    def _prepare_result(self, code, name, sequence):
        state, finding, advice = getattr(self, f"_check_system_{code}")()
        return {
            "sequence": sequence,
            "code": code,
            "name": name,
            "state": state,
            "finding": finding,
            "advice": advice,
        }

    # === CHECKS === #

    @api.model
    def _check_system_base_url(self):
        base_url = (
            self.env["ir.config_parameter"].sudo().get_param("web.base.url") or ""
        )  # admins' model
        address = urlsplit(base_url)
        if address.hostname in LOCAL_HOSTS:
            return (
                "error",
                base_url or self.env._("There is none."),
                self.env._(
                    "Links in mails lead to this machine only. Set the system parameter "
                    "web.base.url to the address that customers use, and web.base.url.freeze to "
                    "True."
                ),
            )
        if address.scheme != "https":
            return (
                "warning",
                base_url,
                self.env._(
                    "Passwords and links travel unencrypted. Serve the portal by https and change "
                    "the system parameter web.base.url."
                ),
            )
        return "ok", base_url, False

    @api.model
    def _check_system_proxy_mode(self):
        base_url = (
            self.env["ir.config_parameter"].sudo().get_param("web.base.url") or ""
        )  # admins' model
        if config["proxy_mode"]:
            return "ok", self.env._("On"), False
        if not base_url.startswith("https:"):
            return "ok", self.env._("Off; no proxy seems to be in front of Odoo."), False
        return (
            "warning",
            self.env._("Off, though the portal is served by https."),
            self.env._(
                "Set proxy_mode = True in Odoo's configuration file; else all customers seem to "
                "come from one address, which the protocol and the limits on sign-ins then see."
            ),
        )

    @api.model
    def _check_system_crons(self):
        if not config["max_cron_threads"]:
            return (
                "error",
                self.env._("Odoo runs without a thread for them."),
                self.env._("Set max_cron_threads = 1 or more in Odoo's configuration file."),
            )
        late_sudo = (
            self.env["ir.cron"]
            .sudo()
            .search(  # administrators' model; names are no secret
                [("active", "=", True), ("nextcall", "<", fields.Datetime.now() - CRON_DELAY)],
                order="nextcall",
            )
        )
        if not late_sudo:
            return "ok", self.env._("All have run when they should."), False
        return (
            "error",
            self.env._("Overdue: %s", ", ".join(late_sudo[:3].mapped("cron_name"))),
            self.env._(
                "Mails and clean-ups wait. See Settings › Technical › Scheduled Actions and the "
                "log of Odoo; perhaps only a restart is missing."
            ),
        )

    @api.model
    def _check_system_btree_gist(self):
        rows = self.env.execute_query_dict(self._get_extension_query("btree_gist"))
        if not rows:
            return (
                "error",
                self.env._("PostgreSQL does not know it."),
                self.env._(
                    "Install PostgreSQL's contrib package on the database server. The booking of "
                    "appointments needs it to rule out double bookings."
                ),
            )
        if rows[0]["installed_version"]:
            return "ok", self.env._("Present, version %s", rows[0]["installed_version"]), False
        if rows[0]["may_create"]:
            return "ok", self.env._("Available; Odoo may create it when it is needed."), False
        return (
            "warning",
            self.env._("Available, but Odoo's database user may not create it."),
            self.env._("Have an administrator of the database run: CREATE EXTENSION btree_gist"),
        )

    @api.model
    def _get_extension_query(self, name):
        """Build the query whether an extension is there, or may be created by Odoo."""
        return SQL(
            """
            SELECT available.installed_version,
                   has_database_privilege(current_database(), 'CREATE') AS may_create
              FROM pg_available_extensions available
             WHERE available.name = %s
            """,
            name,
        )

    @api.model
    def _check_system_levels(self):
        assistant = self.env["kundenportal.level.assistant"]
        companies_sudo = (
            self.env["res.company"].sudo().search([("portal_active", "=", True)])
        )  # all of them
        counts = {
            company.name: len(assistant._get_users_without_level(company))
            for company in companies_sudo
        }
        found = ", ".join(f"{name}: {count}" for name, count in counts.items() if count)
        if not found:
            return "ok", self.env._("None where the portal is active."), False
        return (
            "warning",
            found,
            self.env._(
                "They see Odoo's plain portal without the company's rules. Open the settings and "
                "put them on a level."
            ),
        )
