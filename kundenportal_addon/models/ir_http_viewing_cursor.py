import functools
from dataclasses import dataclass

from psycopg2.errors import InFailedSqlTransaction, ReadOnlySqlTransaction

from odoo import models
from odoo.http import Session, request
from odoo.sql_db import Cursor


@dataclass(frozen=True)
class Viewing:
    """What a request knows of the view that it is part of."""

    customer: str
    staff: str
    until: str
    #: Of the staff member's own session, for the form that ends the view.
    csrf_token: str
    own_session: Session
    own_uid: int


def get_viewing():
    """Return what the present request is a view of, None if it is none."""
    viewing = getattr(request, "portal_viewing", None) if request else None
    return viewing if isinstance(viewing, Viewing) else None


def make_read_only(cr):
    """Let a cursor write nothing any more until it is closed, whatever is committed meanwhile.

    ``SET TRANSACTION READ ONLY`` would end with the transaction. The mode of the connection stays,
    and Odoo sets it anew for the next cursor that borrows the connection.
    """
    cr.commit()  # what Odoo noted of the session; the mode is set between transactions only
    if isinstance(cr, Cursor):
        cr.connection.set_session(readonly=True)
    else:
        cr.readonly = True  # the tests' cursor, which shares one connection


def is_refused_write(exception):
    """Tell whether an exception comes from writing where the database refuses it.

    Who catches the refusal and goes on meets a failed transaction.

    :rtype: bool
    """
    while exception:
        if isinstance(exception, (ReadOnlySqlTransaction, InFailedSqlTransaction)):
            return True
        exception = exception.__cause__ or exception.__context__
    return False


class IrHttp(models.AbstractModel):
    """Within a view no other cursor of this database can write either."""

    _inherit = "ir.http"

    def _register_hook(self):
        registry = self.env.registry
        if "cursor" not in vars(registry):  # hooks are registered again and again
            registry.cursor = functools.partial(_open_cursor, registry.cursor)
        return super()._register_hook()


def _open_cursor(open_cursor, /, readonly=False):
    """Open a cursor as the registry does; within a view none that can write.

    :raise ReadOnlySqlTransaction: as the database does where somebody tries to write
    """
    # Odoo closes the request's cursor before it tries the request once more with another.
    if not get_viewing() or not request.env or request.env.cr.closed:
        return open_cursor(readonly=readonly)
    if not readonly:
        raise ReadOnlySqlTransaction("This is a view through a customer's eyes.")
    cr = open_cursor(readonly=True)  # where there is no replica it could write
    make_read_only(cr)
    return cr
