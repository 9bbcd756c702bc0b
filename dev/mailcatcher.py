"""The demo's mailbox: accepts every mail on a loopback port, keeps it as a file, and shows it on a
small web page.

`python -m dev.mailcatcher SMTP_PORT HTTP_PORT FOLDER`
"""

import asyncio
import email
import email.policy
import html
import sys
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>
 body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; }}
 body {{ margin: 2rem auto; padding: 0 1rem; }}
 table {{ border-collapse: collapse; width: 100%; }}
 td, th {{ padding: .4rem .8rem .4rem 0; text-align: left; }}
 tr + tr {{ border-top: 1px solid #ddd; }}
 iframe {{ width: 100%; height: 60vh; border: 1px solid #ddd; }}
 pre {{ white-space: pre-wrap; background: #f6f6f6; padding: 1rem; }}
</style></head><body>{body}</body></html>"""


class Mailbox:
    """Mails as files named after the time, so that they sort by arrival."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 (aiosmtpd's name)
        path = self.folder / f"{time.time_ns()}.eml"
        part = path.with_suffix(".part")
        receivers = f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        part.write_bytes(receivers + envelope.content)
        part.rename(path)
        return "250 Message accepted"

    def names(self):
        return sorted((path.stem for path in self.folder.glob("*.eml")), reverse=True)

    def read(self, name):
        if name not in self.names():
            return None
        return email.message_from_bytes(
            (self.folder / f"{name}.eml").read_bytes(), policy=email.policy.default
        )


class Pages(BaseHTTPRequestHandler):
    mailbox = None

    def do_GET(self):  # noqa: N802 (the library's name)
        name, _, part = self.path.strip("/").partition("/")
        if not name:
            return self._html("Sent mails", self._list())
        mail = self.mailbox.read(name)
        if not mail:
            return self._send(HTTPStatus.NOT_FOUND, b"No such mail", "text/plain")
        if part == "raw":
            return self._send(HTTPStatus.OK, mail.as_bytes(), "text/plain; charset=utf-8")
        if part == "html":
            return self._send(
                HTTPStatus.OK, _text(mail, "html").encode(), "text/html; charset=utf-8"
            )
        if part.isdigit() and int(part) < len(attachments := list(mail.iter_attachments())):
            attachment = attachments[int(part)]
            return self._send(
                HTTPStatus.OK,
                attachment.get_payload(decode=True) or b"",
                attachment.get_content_type(),
            )
        return self._html(str(mail["Subject"]), self._mail(name, mail))

    def _list(self):
        rows = []
        for name in self.mailbox.names():
            mail = self.mailbox.read(name)
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(int(name) / 1e9))
            link = f'<a href="/{name}">{_escape(mail["Subject"] or "(no subject)")}</a>'
            rows.append(
                f"<tr><td>{when}</td><td>{_escape(mail['X-Envelope-To'])}</td><td>{link}</td></tr>"
            )
        table = (
            "<table><tr><th>When</th><th>To</th><th>Subject</th></tr>" + "".join(rows) + "</table>"
        )
        return "<h1>Sent mails</h1>" + (table if rows else "<p>Nothing was sent yet.</p>")

    def _mail(self, name, mail):
        heads = "".join(
            f"<tr><th>{head}</th><td>{_escape(mail[head])}</td></tr>"
            for head in ("Date", "From", "Reply-To", "To", "Cc", "X-Envelope-To")
            if mail[head]
        )
        files = "".join(
            f'<li><a href="/{name}/{number}">{_escape(part.get_filename() or "file")}</a></li>'
            for number, part in enumerate(mail.iter_attachments())
        )
        # Sandboxed: a mail's scripts and forms have no business here.
        sandbox = 'sandbox="allow-popups allow-popups-to-escape-sandbox"'
        shown = (
            f'<iframe {sandbox} src="/{name}/html" title="mail"></iframe>'
            if _text(mail, "html")
            else ""
        )
        return (
            f'<p><a href="/">All mails</a></p><h1>{_escape(mail["Subject"])}</h1>'
            f"<table>{heads}</table>{shown}"
            f"<ul>{files}</ul><h2>Text</h2><pre>{_escape(_text(mail, 'plain'))}</pre>"
            f'<p><a href="/{name}/raw">Source</a></p>'
        )

    def _html(self, title, body):
        self._send(
            HTTPStatus.OK,
            PAGE.format(title=_escape(title), body=body).encode(),
            "text/html; charset=utf-8",
        )

    def _send(self, status, content, content_type):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        """Say nothing: the log is for errors."""


def _escape(text):
    return html.escape(str(text or ""))


def _text(mail, kind):
    body = mail.get_body((kind,))
    # Links open outside of the frame.
    base = '<base target="_blank">' if body and kind == "html" else ""
    return base + body.get_content() if body else ""


def main(smtp_port, http_port, folder):
    Pages.mailbox = Mailbox(Path(folder))
    asyncio.set_event_loop(asyncio.new_event_loop())
    controller = Controller(Pages.mailbox, hostname="127.0.0.1", port=int(smtp_port))
    controller.start()
    ThreadingHTTPServer(("127.0.0.1", int(http_port)), Pages).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
