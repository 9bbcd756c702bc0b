"""The protocol with a million entries, as the web client asks for it, beside OCA's auditlog.

Both tables hold ROWS rows in one database; both lists are asked for with the fields of their own
list views, 80 rows, counted up to 10,001, by the same user under the record rules.
"""

import os
from datetime import date

from common import (
    Ratio,
    install,
    medians,
    odoo_environment,
    own_database,
    print_table,
    report,
)

ROWS = int(os.environ.get("KP_BENCH_ROWS", "1000000"))
# The web client's own numbers: rows of a page, and how far it counts.
LIMIT, COUNT_LIMIT = 80, 10001
PEER = "OCA auditlog: logs"
#: What is aimed at: milliseconds of a list on an idle machine, queries of one entry.
LIST_MS, ENTRY_QUERIES = 10, 2

# One entry in 200 is open; one in 20 is about one large customer; three years of them.
FILL_PROTOCOL = """
    WITH contact AS (
        SELECT array_agg(id ORDER BY id) AS ids,
               array_agg(commercial_partner_id ORDER BY id) AS firms
          FROM res_partner WHERE name LIKE 'Contact %%'
    ), kind AS (SELECT array_agg(id) AS ids FROM kundenportal_protocol_kind)
    INSERT INTO kundenportal_protocol (
        partner_id, commercial_partner_id, partner_name, user_id, user_name, kind_id, note,
        review_state, in_inbox, company_id, once_key, create_uid, create_date, write_uid, write_date
    )
    SELECT contact.ids[pick], contact.firms[pick], 'Contact ' || pick, %(uid)s, 'Somebody',
           kind.ids[1 + n %% array_length(kind.ids, 1)], 'Entry ' || n,
           CASE WHEN n %% 200 = 7 THEN 'open' ELSE 'none' END, FALSE, %(company)s,
           CASE WHEN n %% 3 = 0 THEN 'bench:' || n END, %(uid)s, at, %(uid)s, at
      FROM generate_series(1, %(rows)s) n, contact, kind,
           LATERAL (SELECT CASE WHEN n %% 20 = 0 THEN 1 ELSE 1 + n %% 2000 END AS pick,
                           NOW() - (%(rows)s - n) * INTERVAL '95 seconds' AS at) row
"""
FILL_AUDITLOG = """
    INSERT INTO auditlog_log (
        name, model_id, model_name, model_model, res_id, user_id, method, log_type,
        create_uid, create_date, write_uid, write_date
    )
    SELECT 'Entry ' || n, model.id, 'Contact', 'res.partner', n %% 2500, %(uid)s, 'write', 'full',
           %(uid)s, at, %(uid)s, at
      FROM generate_series(1, %(rows)s) n,
           (SELECT id FROM ir_model WHERE model = 'res.partner') model,
           LATERAL (SELECT NOW() - (%(rows)s - n) * INTERVAL '95 seconds' AS at) row
"""


def main():
    with own_database("protocol") as database:
        install(database, "auditlog")
        with odoo_environment(database) as env:
            fill(env)
            lists = measure_lists(env)
            writes = measure_writes(env)
    show(lists, writes)


def fill(env):
    """Make the contacts, and by SQL the rows that years of use would have made."""
    env.user.sudo().group_ids += env.ref("auditlog.group_auditlog_user")
    firms = env["res.partner"].create(
        [{"name": f"Bench {n}", "is_company": True} for n in range(500)]
    )
    env["res.partner"].create(
        [{"name": f"Contact {n}", "parent_id": firms[n % 500].id} for n in range(2000)]
    )
    env.flush_all()
    values = {"uid": env.uid, "company": env.company.id, "rows": ROWS}
    for statement in (FILL_PROTOCOL, FILL_AUDITLOG):
        env.cr.execute(statement, values)
    env.cr.commit()
    vacuum(env)
    env.invalidate_all()


def vacuum(env):
    """Do what autovacuum does within a minute."""
    env.cr._cnx.autocommit = True
    env.cr.execute("VACUUM ANALYZE kundenportal_protocol, auditlog_log, res_partner")
    env.cr._cnx.autocommit = False


def measure_lists(env):
    """Return the medians of the lists by name, twice: auditlog as it is, and with an index."""
    env.cr.execute(
        """
        SELECT commercial_partner_id, partner_id FROM kundenportal_protocol
      GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1
        """
    )
    firm, contact = env.cr.fetchone()
    protocol = as_web_client(env, "kundenportal.protocol")
    auditlog = as_web_client(env, "auditlog.log")
    today = date.today().isoformat()
    cases = {
        "To review": lambda: protocol([("review_state", "=", "open")]),
        "All entries": lambda: protocol([]),
        "All entries, 5th page": lambda: protocol([], offset=400),
        "A large customer (company)": lambda: protocol([("commercial_partner_id", "=", firm)]),
        "A large customer (contact)": lambda: protocol([("partner_id", "=", contact)]),
        "Today": lambda: protocol([("create_date", ">=", today)]),
        PEER: lambda: auditlog([]),
    }
    as_it_is = medians(cases)
    env.cr.execute("CREATE INDEX bench_auditlog ON auditlog_log (create_date DESC)")
    with_index = medians(cases)
    return as_it_is, with_index


def as_web_client(env, model):
    """Return a function that asks for a list as the web client does, with no records cached."""
    views = env[model].get_views([(False, "list")], {})
    fields = views["models"][model]["fields"]
    names = env[model].get_view(view_type="list")["models"][model]
    many2one = {"fields": {"display_name": {}}}
    # What their widgets ask for beside the name.
    widgets = {"kind_id": {"fields": {"display_name": {}, "icon": {}}}}
    specification = {
        name: widgets.get(name, many2one) if fields[name]["type"] == "many2one" else {}
        for name in names
        if name in fields
    }

    def ask(domain, offset=0):
        env.invalidate_all()
        found = env[model].web_search_read(
            domain, specification, offset=offset, limit=LIMIT, count_limit=COUNT_LIMIT
        )
        assert found["records"], f"{model} {domain}: nothing found"

    return ask


def measure_writes(env):
    """Return what one entry costs: milliseconds with and without warm caches, and queries."""
    partner = env["res.partner"].search(
        [("name", "=", "Contact 1"), ("parent_id", "!=", False)], limit=1
    )
    queries = []

    def write():
        before = env.cr.sql_log_count
        env["kundenportal.protocol"]._log("signed_in", partner, "Bench", ip="192.0.2.1")
        queries.append(env.cr.sql_log_count - before)

    def write_cold():
        env.invalidate_all()
        write()

    times = medians({"warm": write, "cold": write_cold}, repeat=200)
    return times, max(queries[2:])


def show(lists, writes):
    """Print milliseconds and ratios."""
    title = f"Protocol and OCA auditlog, {ROWS:,} rows each"
    for addition, times in zip(("", "; an index added to auditlog"), lists, strict=True):
        rows = [(name, ms, f"{times[PEER] / ms:.1f} x") for name, ms in times.items()]
        header = ("list of 80, as the web client asks", "ms", "auditlog / this")
        print_table(title + addition, rows, header)
    times, queries = writes
    print_table(
        "Writing one entry",
        [(f"{name} caches", ms, queries) for name, ms in times.items()],
        ("kundenportal.protocol._log", "ms", "queries at most"),
    )
    as_it_is, with_index = lists
    for name in ("To review", "All entries", "A large customer (company)"):
        what = f"protocol of {ROWS:,} entries: {name}"
        report(
            Ratio(what, as_it_is[name], "OCA auditlog", as_it_is[PEER], limit=LIST_MS),
            Ratio(what, with_index[name], "OCA auditlog with an index", with_index[PEER]),
        )
    report(
        Ratio("writing an entry", queries, "a bare INSERT", 1, unit="queries", limit=ENTRY_QUERIES)
    )


if __name__ == "__main__":
    main()
