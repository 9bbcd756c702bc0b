"""A month of free times for 50 technicians, beside OCA's resource_booking.

Both have 50 people with working hours and 6 visits on each of 20 days, asked for what is free in a
month as a new request asks: nothing of it in the ORM's cache. Ours also knows how far it is from
visit to visit, theirs does not. Aims: at most 12 queries, at least 5 times faster.
"""

import os
import sys
import time
from datetime import date, datetime, timedelta
from statistics import median

from common import Ratio, install, odoo_environment, print_table, report

from odoo.fields import Command, Datetime
from odoo.tools.sql import table_columns

from dev import databases

TECHNICIANS, VISITS, DAYS = 50, 6, 20
ROUNDS = int(os.environ.get("KP_BENCH_ROUNDS", "15"))
#: What is aimed at: how many times faster, and how many queries at most.
FASTER, QUERIES = 5, 12
OURS, PEER = "kundenportal", "resource_booking"


def main():
    figures = {}
    for side, source, prepare in (
        (OURS, os.environ["KP_ADDON_DB"], prepare_ours),
        (PEER, os.environ["KP_TEMPLATE_DB"], prepare_peer),
    ):
        database = f"bench_appointments_{side}"
        databases.drop(database)
        databases.copy(source, database)
        try:
            if side == PEER:
                install(database, "resource_booking")
            with odoo_environment(database) as env:
                figures[side] = measure(env, *prepare(env(su=True)))
        finally:
            databases.drop(database)
    show(figures)


def first_day():
    """Return the first of the month after next: nothing of it is over, or too soon."""
    return (date.today().replace(day=1) + timedelta(days=62)).replace(day=1)


def visits():
    """Return when visits are, one after the other on weekdays, in UTC."""
    days = [first_day() + timedelta(days=number) for number in range(31)]
    for day in [day for day in days if day.weekday() < 5][:DAYS]:
        for number in range(VISITS):
            start = datetime(day.year, day.month, day.day, 7, 15) + timedelta(minutes=80 * number)
            yield start, start + timedelta(minutes=45)


def make_people(env):
    """Return resources with users, who work as the company does."""
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {"name": f"Technician {number}", "login": f"bench{number}", "tz": "Europe/Berlin"}
                for number in range(TECHNICIANS)
            ]
        )
    )
    calendar = env.company.resource_calendar_id
    calendar.tz = "Europe/Berlin"
    return env["resource.resource"].create(
        [
            {
                "name": user.name,
                "user_id": user.id,
                "calendar_id": calendar.id,
                "tz": "Europe/Berlin",
                "company_id": env.company.id,
            }
            for user in users
        ]
    )


def prepare_ours(env):
    """Return what the page's door reads, and a function that asks the planner."""
    resources = make_people(env)
    places = env["res.partner"].create(
        [
            {
                "name": f"Place {number}",
                "partner_latitude": 53.04 + number % 20 / 200,
                "partner_longitude": 8.75 + number // 20 / 100,
            }
            for number in range(200)
        ]
    )
    env.company.partner_id.write({"partner_latitude": 53.08, "partner_longitude": 8.8})
    team = env["kundenportal.team"].create(
        {"name": "Bench", "resource_ids": [Command.set(resources.ids)]}
    )
    case_type = env["kundenportal.activity.type"].create(
        {"name": "Bench", "team_id": team.id, "appointment_minutes": 30}
    )
    case = env["kundenportal.activity"].create(
        {"name": "Bench", "type_id": case_type.id, "partner_id": places[7].id}
    )
    appointment = env["kundenportal.appointment"].create(
        {"activity_id": case.id, "start": "2020-01-01 08:00:00", "stop": "2020-01-01 09:00:00"}
    )
    appointment._own_write({"state": "booked"})
    env.flush_all()
    rows = [
        (resource.id, *visit, places[(resource.id * 7 + number * 13) % len(places)].id)
        for resource in resources
        for number, visit in enumerate(visits())
    ]
    copy_appointments(env, appointment, rows)
    start = Datetime.to_datetime(first_day())
    planner = env["kundenportal.planner"]
    return case, lambda: planner._find_slots(case, start, start + timedelta(days=31))


def copy_appointments(env, appointment, rows):
    """Book visits by SQL: rows of resource, start, stop and address."""
    own = {"id", "start", "stop", "address_id"}
    names = sorted(set(table_columns(env.cr, "kundenportal_appointment")) - own)
    columns = ", ".join(f'"{name}"' for name in names)
    first_id = appointment.id + 1
    for number, (resource_id, start, stop, address_id) in enumerate(rows, start=first_id):
        env.cr.execute(
            f"""
            INSERT INTO kundenportal_appointment (id, start, stop, address_id, {columns})
            SELECT %s, %s, %s, %s, {columns} FROM kundenportal_appointment WHERE id = %s
            """,
            [number, start, stop, address_id, appointment.id],
        )
        env.cr.execute(
            """
            INSERT INTO kundenportal_appointment_technician
                   (appointment_id, resource_id, start, stop, blocks)
            VALUES (%s, %s, %s, %s, TRUE)
            """,
            [number, resource_id, start, stop],
        )
    analyze(env, "kundenportal_appointment, kundenportal_appointment_technician")


def prepare_peer(env):
    """Return what the page's door reads, and a function that asks resource_booking for slots."""
    resources = make_people(env)
    combinations = env["resource.booking.combination"].create(
        [{"resource_ids": [Command.set(resource.ids)]} for resource in resources]
    )
    booking_type = env["resource.booking.type"].create(
        {
            "name": "Bench",
            "duration": 0.5,
            "slot_duration": 0.5,
            "resource_calendar_id": env.company.resource_calendar_id.id,
            "combination_rel_ids": [
                Command.create({"sequence": number, "combination_id": combination.id})
                for number, combination in enumerate(combinations)
            ],
        }
    )
    customer = env["res.partner"].create({"name": "Bench"})
    booking = env["resource.booking"].create(
        {"type_id": booking_type.id, "partner_ids": [Command.set(customer.ids)]}
    )
    env["calendar.event"].with_context(no_mail_to_attendees=True, mail_notrack=True).create(
        [
            {
                "name": "Visit",
                "start": start,
                "stop": stop,
                "user_id": resource.user_id.id,
                "partner_ids": [Command.set(resource.user_id.partner_id.ids)],
            }
            for resource in resources
            for start, stop in visits()
        ]
    )
    analyze(env, "calendar_event, calendar_event_res_partner_rel, calendar_attendee")
    day = first_day()
    return booking, lambda: booking._get_calendar_context(day.year, day.month)["slots"]


def analyze(env, tables):
    env.flush_all()
    env.cr.execute(f"ANALYZE {tables}")


def measure(env, record, ask):
    """Return milliseconds (median), queries, and how many times there are.

    :param record: what a request has read before it asks, with its type and customer
    """
    milliseconds, queries = [], 0
    for turn in range(-2, ROUNDS):
        env.flush_all()
        env.invalidate_all()
        record.mapped("type_id.company_id.name")
        record.mapped("partner_id.commercial_partner_id.name")
        before, start = env.cr.sql_log_count, time.process_time()
        found = ask()
        used = (time.process_time() - start) * 1000
        queries = env.cr.sql_log_count - before
        if turn >= 0:
            milliseconds.append(used)
    count = len(found) if isinstance(found, list) else sum(map(len, found.values()))
    return median(milliseconds), queries, count


def show(figures):
    rows = [(side, *figures[side]) for side in (OURS, PEER)]
    header = ("", "processor, ms", "queries", "times found")
    print_table("A month for 50 technicians with 6 visits a day", rows, header)
    ratio = figures[PEER][0] / figures[OURS][0]
    print(f"  resource_booking / ours: {ratio:.1f} x")
    what, peer = f"free times of a month, {TECHNICIANS} technicians", "OCA resource_booking"
    ours, theirs = figures[OURS], figures[PEER]
    report(
        Ratio(what, ours[0], peer, theirs[0], unit="ms of processor", at_most=1 / FASTER),
        Ratio(what, ours[1], peer, theirs[1], unit="queries", limit=QUERIES),
    )
    if ratio < FASTER or figures[OURS][1] > QUERIES:
        sys.exit("The planner is slower than it has to be.")


if __name__ == "__main__":
    main()
