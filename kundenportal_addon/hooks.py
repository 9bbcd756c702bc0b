"""What happens once, when the module comes and when it goes."""

import psycopg2

from odoo.exceptions import UserError
from odoo.tools import SQL

#: Tables that get ``portal_commercial_partner_id`` (models/kundenportal_owned_mixin.py).
OWNED_TABLES = ("sale_order", "account_move")


def pre_init_hook(env):
    """Prepare the database for what the ORM could not do, or not fast enough.

    New columns of large tables are filled by SQL; the ORM would compute them record by record.

    :raise UserError: if appointments could not be kept apart
    """
    create_btree_gist(env)
    for table in OWNED_TABLES:
        env.cr.execute(
            SQL(
                """
                ALTER TABLE %(table)s ADD COLUMN IF NOT EXISTS portal_commercial_partner_id int4;
                UPDATE %(table)s document
                   SET portal_commercial_partner_id = partner.commercial_partner_id
                  FROM res_partner partner
                 WHERE partner.id = document.partner_id
                   AND document.portal_commercial_partner_id IS NULL
                """,
                table=SQL.identifier(table),
            )
        )


def create_btree_gist(env):
    """Make sure of the extension by which the database keeps a technician's appointments apart.

    Odoo only logs a constraint that it could not make; without this one two customers could have
    the same time.

    :param env: any environment of the database
    :raise UserError: if it is not there and cannot be made, saying what is to be done
    """
    cr = env.cr
    cr.execute("SELECT FROM pg_extension WHERE extname = 'btree_gist'")
    if cr.rowcount:
        return
    try:
        with cr.savepoint(flush=False):
            cr.execute("CREATE EXTENSION btree_gist", log_exceptions=False)
    except psycopg2.Error as error:
        raise UserError(
            env._(
                "PostgreSQL needs the extension btree_gist for appointments, and this user may not "
                "create it, or it is not installed (it comes with PostgreSQL's contrib package). "
                "Please have it created in this database: CREATE EXTENSION btree_gist; – %s",
                error,
            )
        ) from error


def post_init_hook(env):
    """Give existing companies the default functions; their portals stay inactive."""
    companies = env["res.company"].search([("portal_default_function_ids", "=", False)])
    companies.portal_default_function_ids = env["res.company"]._default_portal_function_ids()


def uninstall_hook(env):
    """Leave portal users with Odoo's own portal group, as if we had never been there.

    Rules, views and groups go with the module; a login's other groups are its own again.
    """
    portal_group = env.ref("base.group_portal")
    level_group = env.ref("kundenportal_addon.group_portal_user")
    env["res.users"].with_context(active_test=False).search(
        [("all_group_ids", "in", level_group.ids)]
    ).write({"group_ids": [(4, portal_group.id)]})
    # Our records go with their tables; until then they would keep each other from being deleted.
    env.cr.execute(
        """
        SELECT conrelid::regclass::text, conname
          FROM pg_constraint
         WHERE contype = 'f'
           AND confdeltype = 'r'
           AND conrelid::regclass::text LIKE 'kundenportal%'
        """
    )
    for table, constraint in env.cr.fetchall():
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(constraint),
            )
        )
