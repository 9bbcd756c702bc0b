"""One edit of a contact by a customer, beside OCA's auditlog on the same write.

Each case writes another telephone number on one contact and flushes, in one database: staff without
us having anything to do, a customer whose change we record, and auditlog's two modes on a write by
staff. Everybody's caches are warm, as in a worker that has served a while.
"""

import itertools

from common import (
    Ratio,
    install,
    medians,
    odoo_environment,
    own_database,
    print_table,
    report,
)

NUMBERS = itertools.count()
#: What is aimed at: so many queries more than a plain write.
MORE_QUERIES = 4


def main():
    with own_database("data_change") as database:
        install(database, "auditlog")
        with odoo_environment(database) as env:
            contact, customer = make_contact(env)
            plain = measure({"staff": contact, "customer": customer})
            peers = {}
            for mode in ("fast", "full"):
                rule = subscribe(env, mode)
                peers[f"staff, auditlog {mode}"] = measure({"it": contact})["it"]
                rule.unlink()
    show(plain, peers)


def make_contact(env):
    """Make a contact with a login.

    :return: the contact as staff write it, and as its own login does
    """
    env.company.portal_active = True
    firm = env["res.partner"].create({"name": "Bench GmbH", "is_company": True})
    contact = env["res.partner"].create(
        {"name": "Bench", "email": "bench@bench.example", "parent_id": firm.id}
    )
    contact._grant_portal_access("user", invite=False)
    return contact, contact.with_user(contact.user_ids).sudo()


def subscribe(env, mode):
    """Let auditlog record the writes of contacts."""
    rule = env["auditlog.rule"].create(
        {
            "name": f"Bench {mode}",
            "model_id": env["ir.model"]._get_id("res.partner"),
            "log_write": True,
            "log_create": False,
            "log_unlink": False,
            "log_read": False,
            "log_type": mode,
        }
    )
    rule.set_to_confirmed()
    return rule


def measure(partners):
    """Return milliseconds and queries of one write, per name."""
    queries = {}

    def write(name, partner):
        cr = partner.env.cr
        cr.precommit.data.pop("kundenportal.data.change", None)  # each edit is a request
        before = cr.sql_log_count
        partner.phone = f"0421 {next(NUMBERS)}"
        partner.env.flush_all()
        queries[name] = cr.sql_log_count - before

    cases = {
        name: lambda name=name, partner=partner: write(name, partner)
        for name, partner in partners.items()
    }
    times = medians(cases)
    return {name: (times[name], queries[name]) for name in partners}


def show(plain, peers):
    base, base_queries = plain["staff"]
    rows = [
        (name, time, time / base, queries, queries - base_queries)
        for name, (time, queries) in {
            "staff, plain write": plain["staff"],
            "customer, change recorded": plain["customer"],
            **peers,
        }.items()
    ]
    header = ("one write of a contact", "ms", "ratio", "queries", "more")
    print_table("Recording an edit, beside OCA auditlog on the same write", rows, header)
    what = "a customer's edit of one field, recorded"
    ours, our_queries = plain["customer"]
    full, _queries = peers["staff, auditlog full"]
    report(
        Ratio(what, ours, "a plain write by staff", base),
        Ratio(what, ours, "OCA auditlog, full mode", full),
        Ratio(
            what,
            our_queries,
            "a plain write by staff",
            base_queries,
            unit="queries",
            limit=base_queries + MORE_QUERIES,
        ),
    )


if __name__ == "__main__":
    main()
