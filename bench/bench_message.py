"""A message to 100,000 contacts beside a bare INSERT … SELECT of the same rows.

Ours is what the job does: batch after batch, each committed with how far it came, and the mails
that are due (none here: the contacts have no access). Bare is one statement that inserts the same
rows into the same table, committed once. They take turns, ROUNDS times, each into a message of its
own; the medians are compared. Aim: at most 3.
"""

import os
import time
from statistics import median

from common import Ratio, odoo_environment, own_database, print_table, report

from odoo.tools.sql import table_columns

ROWS = int(os.environ.get("KP_BENCH_RECIPIENTS", "100000"))
ROUNDS = 3

BARE = """
    INSERT INTO kundenportal_message_recipient (
        message_id, partner_id, commercial_partner_id, company_id, is_to_company, sent_on
    )
    SELECT %s, partner_id, commercial_partner_id, company_id, is_to_company, sent_on
      FROM kundenportal_message_recipient WHERE message_id = %s
"""


def main():
    with own_database("message") as database, odoo_environment(database) as env:
        group = fill(env)
        deliver(env, group)  # to warm up; the bare statement copies its rows
        times = {"bare": [], "ours": []}
        for _round in range(ROUNDS):
            times["bare"].append(insert(env, group))
            times["ours"].append(deliver(env, group))
    show({name: median(values) for name, values in times.items()})


def fill(env):
    """Make the contacts, by SQL, and put them into a customer group."""
    group = env["res.partner.category"].create({"name": "Bench", "is_portal_group": True})
    model = env["res.partner"].create({"name": "Bench", "category_id": [(4, group.id)]})
    env.flush_all()
    # Copies of one that Odoo made: other modules' columns want a value, too.
    columns = ", ".join(f'"{name}"' for name in sorted(table_columns(env.cr, "res_partner")))
    others = columns.replace('"id", ', "").replace('"commercial_partner_id", ', "")
    env.cr.execute(
        f"""
        WITH contact AS (
            INSERT INTO res_partner (id, commercial_partner_id, {others})
            SELECT own_id, own_id, {others}
              FROM (
                   SELECT nextval('res_partner_id_seq') AS own_id, p.*
                     FROM res_partner p, generate_series(2, %s) WHERE p.id = %s
                   ) copy
         RETURNING id
        )
        INSERT INTO res_partner_res_partner_category_rel (partner_id, category_id)
        SELECT id, %s FROM contact
        """,
        [ROWS, model.id, group.id],
    )
    env.cr.commit()
    vacuum(env)
    env.invalidate_all()
    return group


def vacuum(env):
    """Do what autovacuum does within a minute."""
    env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute(
        "VACUUM ANALYZE kundenportal_message_recipient, res_partner, "
        "res_partner_res_partner_category_rel"
    )
    env.cr._cnx.autocommit = False


def new_message(env, group):
    """Make a message that is to be sent to the group."""
    return env["kundenportal.message"].create(
        {"subject": "Bench", "body": "<p>Text</p>", "group_ids": [(6, 0, group.ids)]}
    )


def deliver(env, group):
    """Return how many seconds our delivery takes."""
    message = new_message(env, group)
    message.action_send()
    env.cr.commit()
    assert message.state == "sending", "the job delivers this many"
    start = time.perf_counter()
    env["kundenportal.message"]._cron_send_messages()
    env.cr.commit()
    seconds = time.perf_counter() - start
    assert message.recipient_count == ROWS, message.recipient_count
    assert message.state == "sent"
    vacuum(env)
    return seconds


def insert(env, group):
    """Return how many seconds the bare statement takes."""
    source = env["kundenportal.message"].search([("recipient_count", "=", ROWS)], limit=1)
    message = new_message(env, group)
    env.cr.commit()
    start = time.perf_counter()
    env.cr.execute(BARE, [message.id, source.id])
    env.cr.commit()
    seconds = time.perf_counter() - start
    vacuum(env)
    return seconds


def show(times):
    rows = [
        ("bare INSERT … SELECT", times["bare"], 1.0),
        ("our delivery, in committed batches", times["ours"], times["ours"] / times["bare"]),
    ]
    title = f"A message to {ROWS:,} contacts: the same rows in the same table"
    print_table(title, rows, ("", "seconds", "ratio"))
    what, peer = f"a message to {ROWS:,} contacts", "bare INSERT … SELECT"
    report(Ratio(what, times["ours"], peer, times["bare"], unit="s", at_most=3))


if __name__ == "__main__":
    main()
