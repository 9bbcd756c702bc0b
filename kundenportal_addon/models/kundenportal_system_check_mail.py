import smtplib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import config

from .kundenportal_system_check import LOCAL_HOSTS

#: Seconds that a mail server has to answer.
MAIL_TIMEOUT = 5

FAILED_MAIL_DAYS = 7


class KundenportalSystemCheck(models.TransientModel):
    """Whether mail leaves the house."""

    _inherit = "kundenportal.system.check"

    # === ACTION METHODS === #

    def action_test_mail_server(self):
        """Knock at the outgoing mail servers; nothing is sent.

        :return: a notification with the result
        :rtype: dict
        """
        failures = []
        servers = self._get_mail_servers()
        for host, port, is_ssl in servers:
            try:
                client = smtplib.SMTP_SSL if is_ssl else smtplib.SMTP
                with client(host, port, timeout=MAIL_TIMEOUT) as connection:
                    connection.noop()
            except (OSError, smtplib.SMTPException) as error:
                failures.append(f"{host}:{port} ({error})")
        if failures:
            message = self.env._("Not reached: %s", ", ".join(failures))
        else:
            message = self.env._(
                "Reached: %s", ", ".join(f"{host}:{port}" for host, port, _is_ssl in servers)
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Outgoing mail"),
                "type": "danger" if failures else "success",
                "message": message,
                "sticky": bool(failures),
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_mail_servers(self):
        """Return where mail goes out, as Odoo chooses: its records, else the configuration file.

        :return: rows ``(host, port, is_ssl)``
        :rtype: list[tuple]
        """
        servers_sudo = self.env["ir.mail_server"].sudo().search([])  # administrators' model
        if servers_sudo:
            return [
                (
                    server.smtp_host,
                    server.smtp_port,
                    (server.smtp_encryption or "").startswith("ssl"),
                )
                for server in servers_sudo
            ]
        if config["smtp_server"]:
            return [(config["smtp_server"], int(config["smtp_port"]), bool(config["smtp_ssl"]))]
        return []

    # === CHECKS === #

    @api.model
    def _check_system_mail_server(self):
        servers = self._get_mail_servers()
        finding = ", ".join(f"{host}:{port}" for host, port, _is_ssl in servers)
        if not servers:
            return (
                "error",
                self.env._("There is none."),
                self.env._(
                    "Enter one under Settings › Technical › Outgoing Mail Servers, "
                    "or no invitation will arrive."
                ),
            )
        if all(host in LOCAL_HOSTS for host, _port, _is_ssl in servers):
            return (
                "warning",
                finding,
                self.env._(
                    "Mail goes to this machine itself. Make sure that a mail server runs on it, "
                    "or enter one under Settings › Technical › Outgoing Mail Servers."
                ),
            )
        return "ok", finding, self.env._("“Test the mail server” shows whether it answers.")

    @api.model
    def _check_system_failed_mails(self):
        since = fields.Datetime.now() - timedelta(days=FAILED_MAIL_DAYS)
        # Only the number is shown; what is in the mails stays with their readers.
        count = (
            self.env["mail.mail"]
            .sudo()
            .search_count([("state", "=", "exception"), ("write_date", ">=", since)])
        )
        finding = self.env._("In the last 7 days: %s", count)
        if not count:
            return "ok", finding, False
        return (
            "warning",
            finding,
            self.env._(
                "See Settings › Technical › Emails, filter “Failed”: the reason stands on each "
                "mail; “Retry” sends it again."
            ),
        )
