"""The portal's home with our addon beside plain Odoo's: server time and queries of /my.

Two databases, one server at a time, the same company, customer, login and orders in both. Times and
queries are those of Odoo's own log line of each request: three requests to warm up, then the median
of REPEAT; the two sides take turns, ROUNDS times. Aim: a ratio of 1.1 or less, two queries more.
"""

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import requests
from common import Ratio, odoo_environment, print_table, report

from dev import databases

PORT = int(os.environ.get("KP_BENCH_PORT", "8099"))
REPEAT, ROUNDS, WARM_UP = 30, 3, 3
ORDERS = 200
LOGIN = "bench@customer.example"
PAGES = ("/my", "/my/orders")
#: The end of the log line of a request: queries, seconds in SQL, seconds in Python.
FIGURES = re.compile(
    r'"GET (?P<page>\S+) HTTP/1\.1" 200 - (?P<queries>\d+) (?P<sql>\S+) (?P<python>\S+)'
)


def main():
    sides = {"plain Odoo": "bench_home_plain", "with Kundenportal": "bench_home_ours"}
    sources = (os.environ["KP_TEMPLATE_DB"], os.environ["KP_ADDON_DB"])
    try:
        for database, source in zip(sides.values(), sources, strict=True):
            databases.drop(database)
            databases.copy(source, database)
            prepare(database)
        figures = {name: {page: [] for page in PAGES} for name in sides}
        for _round in range(ROUNDS):
            for name, database in sides.items():
                for page, values in measure(database).items():
                    figures[name][page] += values
    finally:
        for database in sides.values():
            databases.drop(database)
    show(figures)


def prepare(database):
    """Make the customer and its orders; on our side, give it access and every function."""
    with odoo_environment(database) as env:
        company = env.company
        customer = env["res.partner"].create({"name": "Bench GmbH", "is_company": True})
        contact = env["res.partner"].create(
            {"name": "Bea Bench", "email": LOGIN, "parent_id": customer.id, "lang": env.user.lang}
        )
        staff = env["res.users"].search([("login", "=", "admin")])
        if "kundenportal.function" in env:
            company.write(
                {
                    "portal_active": True,
                    "portal_contact_user_id": staff.id,
                    "portal_hotline": "+49 421 1",
                    "portal_greeting": "<p>Welcome</p>",
                    "portal_default_function_ids": [
                        (6, 0, env["kundenportal.function"].search([]).ids)
                    ],
                }
            )
            contact._grant_portal_access("main_user")
            contact.user_ids.password = LOGIN
        else:
            env["res.users"].with_context(no_reset_password=True).create(
                {
                    "partner_id": contact.id,
                    "login": LOGIN,
                    "password": LOGIN,
                    "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
                }
            )
        product = env["product.product"].create(
            {"name": "Bench", "type": "service", "list_price": 1}
        )
        orders = env["sale.order"].create(
            [
                {"partner_id": contact.id, "order_line": [(0, 0, {"product_id": product.id})]}
                for _number in range(ORDERS)
            ]
        )
        orders.action_confirm()
        env.cr.commit()


def measure(database, pages=PAGES):
    """Serve the database and ask for the pages in turns.

    :return: per page, pairs of queries and milliseconds
    """
    with serve(database) as (base_url, log):
        session = sign_in(base_url)
        for turn in range(WARM_UP + REPEAT):
            if turn == WARM_UP:
                warm = log.stat().st_size
            for page in pages:
                answer = session.get(base_url + page)
                if not answer.ok:
                    sys.exit(f"{page}: {answer.status_code}\n{log.read_text()[-3000:]}")
        time.sleep(0.5)
        text = log.read_text(encoding="utf-8")
    if "Traceback" in text:
        sys.exit(f"The server logged a traceback:\n{text[text.index('Traceback') :][:2000]}")
    result = {page: [] for page in pages}
    for match in FIGURES.finditer(text.encode()[warm:].decode()):
        if match["page"] in result:
            milliseconds = (float(match["sql"]) + float(match["python"])) * 1000
            result[match["page"]].append((int(match["queries"]), milliseconds))
    return result


def sign_in(base_url):
    session = requests.Session()
    page = session.get(base_url + "/web/login").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = {"login": LOGIN, "password": LOGIN, "csrf_token": token}
    answer = session.post(base_url + "/web/login", data=form)
    if not answer.ok or not answer.url.endswith("/my"):
        sys.exit("Could not sign in.")
    return session


@contextlib.contextmanager
def serve(database):
    """Run one server of one process on the database; yields its address and its log."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "odoo.log"
        options = [
            "-c",
            os.environ["KP_ODOO_CONF"],
            "-d",
            database,
            "--db-filter",
            f"^{database}$",
            "--http-interface",
            "127.0.0.1",
            "--http-port",
            str(PORT),
            "--workers",
            "0",
            "--max-cron-threads",
            "0",
            "--logfile",
            str(log),
        ]
        command = [*shlex.split(os.environ["KP_ODOO"]), "server", *options]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        base_url = f"http://127.0.0.1:{PORT}"
        try:
            wait_for(base_url, process)
            yield base_url, log
        finally:
            process.terminate()
            process.wait()


def wait_for(base_url, process):
    for _try in range(240):
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(base_url + "/web/login", timeout=60).ok:
                return
        if process.poll() is not None:
            sys.exit("The server did not start.")
        time.sleep(0.25)
    sys.exit("The server did not answer within a minute.")


def show(figures):
    rows = []
    for page in PAGES:
        (plain_queries, plain), (our_queries, ours) = (
            (median(q for q, _ms in sides[page]), median(ms for _q, ms in sides[page]))
            for sides in figures.values()
        )
        rows.append(
            (page, plain, ours, round(ours / plain, 2), f"{plain_queries:g}", f"{our_queries:g}")
        )
        is_home = page == "/my"
        report(
            Ratio(page, ours, "plain Odoo", plain, at_most=1.1 if is_home else None),
            Ratio(
                page,
                our_queries,
                "plain Odoo",
                plain_queries,
                unit="queries",
                limit=plain_queries + 2 if is_home else None,
            ),
        )
    print_table(
        f"Server time of portal pages, ms (medians of {ROUNDS * REPEAT}; aim for /my: 1.1 or less)",
        rows,
        ("page", "plain Odoo", "with Kundenportal", "ratio", "queries", "queries, ours"),
    )


if __name__ == "__main__":
    main()
