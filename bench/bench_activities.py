"""The list of a company's 10,000 cases among 100,000, beside plain /my and OCA's helpdesk_mgmt.

Three databases, one server at a time, the same company, customer and login in each: plain Odoo's
/my, our /my/activities, and /my/tickets of helpdesk_mgmt over as many tickets, each followed by its
customer as that addon does it. Times and queries are those of Odoo's own log line of each request;
the sides take turns, ROUNDS times. Aims: at most 1.5 times the server time of plain /my, at most 25
queries, at least 3 times faster than /my/tickets.
"""

import os
from statistics import median

from bench_home import LOGIN, REPEAT, ROUNDS, measure, prepare
from common import Ratio, install, odoo_environment, print_table, report

from odoo.tools.sql import table_columns

from dev import databases

ROWS = int(os.environ.get("KP_BENCH_CASES", "100000"))
#: One in so many is the customer's.
SHARE = 10
PLAIN, OURS, PEER = "/my", "/my/activities", "/my/tickets"


def main():
    sides = {
        PLAIN: ("bench_cases_plain", os.environ["KP_TEMPLATE_DB"]),
        OURS: ("bench_cases_ours", os.environ["KP_ADDON_DB"]),
        PEER: ("bench_cases_peer", os.environ["KP_TEMPLATE_DB"]),
    }
    try:
        for page, (database, source) in sides.items():
            databases.drop(database)
            databases.copy(source, database)
            if page == PEER:
                install(database, "helpdesk_mgmt")
            prepare(database)
            if page != PLAIN:
                with odoo_environment(database) as env:
                    (fill_cases if page == OURS else fill_tickets)(env)
        figures = {page: [] for page in sides}
        for _round in range(ROUNDS):
            for page, (database, _source) in sides.items():
                figures[page] += measure(database, [page])[page]
    finally:
        for database, _source in sides.values():
            databases.drop(database)
    show(figures)


def fill_cases(env):
    """Make our cases: mostly closed ones, as years of use leave them."""
    contact, others = make_customers(env)
    case_type = env["kundenportal.activity.type"].create({"name": "Bench"})
    case = env["kundenportal.activity"].create(
        {"name": "Bench", "type_id": case_type.id, "partner_id": contact.id}
    )
    done = case.copy({"partner_id": contact.id})
    done._change_state("done")
    env.flush_all()
    copy_rows(
        env,
        case,
        done,
        contact,
        others,
        {"number": "'B' || n", "commercial_partner_id": "customer.firm"},
    )
    # A colleague takes part in one in a hundred.
    env.cr.execute(
        """
        INSERT INTO kundenportal_activity_participant_rel (activity_id, partner_id)
        SELECT id, %s FROM kundenportal_activity WHERE id %% 100 = 0 ON CONFLICT DO NOTHING
        """,
        [others[0].id],
    )
    vacuum(env, "kundenportal_activity", "kundenportal_activity_participant_rel")


def fill_tickets(env):
    """Make the peer's tickets, followed by their customers as the addon itself does it."""
    contact, others = make_customers(env)
    ticket = env["helpdesk.ticket"].create(
        {"name": "Bench", "description": "<p>x</p>", "partner_id": contact.id}
    )
    done = ticket.copy({"partner_id": contact.id})
    done.stage_id = env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
    env.flush_all()
    copy_rows(env, ticket, done, contact, others, {"number": "'B' || n"})
    env.cr.execute(
        """
        INSERT INTO mail_followers (res_model, res_id, partner_id)
        SELECT 'helpdesk.ticket', id, partner_id FROM helpdesk_ticket ON CONFLICT DO NOTHING
        """
    )
    vacuum(env, "helpdesk_ticket", "mail_followers")


def make_customers(env):
    """Return the contact that looks, and one contact of each of many other companies."""
    contact = env["res.users"].search([("login", "=", LOGIN)]).partner_id
    firms = env["res.partner"].create(
        [{"name": f"Firm {number}", "is_company": True} for number in range(200)]
    )
    others = env["res.partner"].create(
        [{"name": f"Contact of {firm.name}", "parent_id": firm.id} for firm in firms]
    )
    return contact, others


def copy_rows(env, running, closed, contact, others, values):
    """Fill the table up with copies of two records that Odoo made, one in five of them running.

    :param dict values: SQL of the columns that differ, by name, beside id and customer
    """
    values = {
        "id": f"nextval('{running._table}_id_seq')",
        "partner_id": "customer.id",
        "create_date": "NOW() - (%(rows)s - n) * INTERVAL '5 minutes'",
        **values,
    }
    columns = sorted(table_columns(env.cr, running._table))
    names = ", ".join(f'"{name}"' for name in columns)
    terms = ", ".join(values.get(name, f'source."{name}"') for name in columns)
    env.cr.execute(
        f"""
        WITH firms AS (
            SELECT array_agg(id ORDER BY id) AS ids,
                   array_agg(commercial_partner_id ORDER BY id) AS firms
              FROM res_partner WHERE id = ANY(%(others)s)
        )
        INSERT INTO {running._table} ({names})
        SELECT {terms}
          FROM generate_series(1, %(rows)s) n, firms, {running._table} source,
               LATERAL (
                   SELECT CASE WHEN n %% %(share)s = 0 THEN %(contact)s
                          ELSE firms.ids[1 + n %% %(count)s] END AS id,
                          CASE WHEN n %% %(share)s = 0 THEN %(firm)s
                          ELSE firms.firms[1 + n %% %(count)s] END AS firm
               ) customer
         WHERE source.id = CASE WHEN n / %(share)s %% 5 = 0
                           THEN %(running)s ELSE %(closed)s END
        """,
        {
            "rows": ROWS,
            "share": SHARE,
            "others": others.ids,
            "count": len(others),
            "contact": contact.id,
            "firm": contact.commercial_partner_id.id,
            "running": running.id,
            "closed": closed.id,
        },
    )
    env.cr.commit()


def vacuum(env, *tables):
    """Do what autovacuum does within a minute."""
    env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute(f"VACUUM ANALYZE {', '.join(tables)}, res_partner")
    env.cr._cnx.autocommit = False


def show(figures):
    """Print medians, and how they compare."""
    times = {page: median(ms for _queries, ms in values) for page, values in figures.items()}
    queries = {page: median(count for count, _ms in values) for page, values in figures.items()}
    names = {
        PLAIN: "plain Odoo: /my",
        OURS: "ours: /my/activities",
        PEER: "OCA helpdesk_mgmt: /my/tickets",
    }
    rows = [
        (
            names[page],
            times[page],
            round(times[page] / times[PLAIN], 2),
            round(times[PEER] / times[page], 2),
            f"{queries[page]:g}",
        )
        for page in names
    ]
    title = (
        f"A company's {ROWS // SHARE:,} cases among {ROWS:,}: server time in ms (medians of "
        f"{ROUNDS * REPEAT}; aims: 1.5 times /my or less, /my/tickets 3 times ours or more)"
    )
    print_table(title, rows, ("page", "ms", "of /my", "/my/tickets / this", "queries"))
    what = f"{OURS}, {ROWS // SHARE:,} cases of one company among {ROWS:,}"
    peer = names[PEER]
    report(
        Ratio(what, times[OURS], names[PLAIN], times[PLAIN], at_most=1.5),
        Ratio(what, times[OURS], peer, times[PEER], at_most=1 / 3),
        Ratio(what, queries[OURS], peer, queries[PEER], unit="queries", limit=25),
    )


if __name__ == "__main__":
    main()
