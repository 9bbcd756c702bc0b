from contextlib import contextmanager

from psycopg2.errors import ExclusionViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..tools.case_state import RUNNING
from .kundenportal_appointment import SlotTaken

#: So many times a customer can keep at once, each for a case.
HOLDS = 3


class KundenportalAppointment(models.Model):
    """Whether a time is to be had, asked in the transaction that takes it."""

    _inherit = "kundenportal.appointment"

    # === BUSINESS METHODS === #

    def _get_slot(self):
        """Return the time that the appointment has."""
        self_sudo = self.ensure_one().sudo()  # who comes is not everybody's to read
        return {
            "start": self_sudo.start,
            "stop": self_sudo.stop,
            "resource_ids": self_sudo.technician_ids.resource_id.ids,
            "added_travel": self_sudo.added_travel,
        }

    @api.model
    def _read_slot(self, slot):
        """Return a slot whose moments are moments, whoever made it.

        :raise SlotTaken: for none that could be booked
        """
        start = fields.Datetime.to_datetime(slot["start"])
        stop = fields.Datetime.to_datetime(slot["stop"])
        resource_ids = list(dict.fromkeys(slot["resource_ids"]))
        if not start or not stop or start >= stop or not resource_ids:
            raise SlotTaken(self.env._("This is no time for an appointment."))
        return {**slot, "start": start, "stop": stop, "resource_ids": resource_ids}

    @api.model
    def _prepare_time(self, slot):
        return {
            "start": slot["start"],
            "stop": slot["stop"],
            "added_travel": slot.get("added_travel") or 0,
        }

    def _prepare_technicians(self, slot):
        """Return the commands that let those come who are in a slot, and nobody else."""
        rows = self.technician_ids
        kept = rows.filtered(lambda row: row.resource_id.id in slot["resource_ids"])
        new_ids = [id_ for id_ in slot["resource_ids"] if id_ not in kept.resource_id.ids]
        return [
            *(Command.delete(row.id) for row in rows - kept),
            *(Command.create({"resource_id": resource_id}) for resource_id in new_ids),
        ]

    @api.model
    def _check_bookable(self, case, slot, *, by_customer):
        """Refuse what could not be kept: the case or its type is closed, or the time is over.

        :param case: as superuser
        """
        if case.state not in RUNNING or (by_customer and not case.type_id.active):
            raise UserError(
                self.env._(
                    "There can be no appointment for “%s” any more.", case.number or case.name
                )
            )
        if by_customer and slot["start"] <= fields.Datetime.now():
            raise SlotTaken(self.env._("This time is over. Please choose another one."))
        resources = self.env["resource.resource"].browse(slot["resource_ids"]).exists()
        companies = (case.company_id, case.company_id.browse())
        if len(resources) < len(slot["resource_ids"]) or any(
            not one.active or one.company_id not in companies for one in resources
        ):
            raise SlotTaken(self.env._("This is no time for an appointment."))

    @api.model
    def _reserve(self, slot, *, ignore, case=None):
        """Wait for everybody who books the same technicians, then look whether they are free.

        :param ignore: appointments that do not count: that which is moved, or confirmed
        :param case: whose earlier choices are let go
        :raise SlotTaken: if one of the technicians is not free
        """
        self._lock_resources(slot["resource_ids"])
        self._release_holds(slot["resource_ids"], case, keep=ignore)
        is_free = self.env["kundenportal.planner"]._is_free(
            slot["resource_ids"], slot["start"], slot["stop"], ignore=ignore
        )
        if not is_free:
            raise SlotTaken(self.env._("This time has just been taken. Please choose another one."))

    @api.model
    def _lock_resources(self, resource_ids):
        """Let one at a time book a technician.

        A real update: whoever waited starts anew (Odoo repeats the request) and sees what has been
        booked. Only locked, the outdated snapshot would show a neighbouring gap that is no more.
        """
        if resource_ids:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE resource_resource SET id = id
                     WHERE id IN (SELECT id FROM resource_resource
                                   WHERE id IN %s ORDER BY id FOR NO KEY UPDATE)
                    """,
                    tuple(resource_ids),
                ),
                log_exceptions=False,
            )

    @api.model
    def _release_holds(self, resource_ids, case, *, keep):
        """Let times go that were chosen and not confirmed, and what the case chose before."""
        held = Domain("state", "=", "held") & Domain("id", "not in", keep.ids)
        over = Domain("hold_until", "<=", fields.Datetime.now())
        wanted = Domain("technician_ids.resource_id", "in", list(resource_ids))
        chosen = Domain("activity_id", "=", case.id) if case else Domain.FALSE
        self.search(held & (chosen | (over & wanted))).unlink()

    @api.model
    def _limit_holds(self):
        """Let go what the acting customer chose longest ago: nobody can keep the whole week."""
        own = Domain("state", "=", "held") & Domain("create_uid", "=", self.env.uid)
        self.search(own, order="id desc", offset=HOLDS - 1).unlink()

    @contextmanager
    def _refusing_overlap(self):
        """Turn what the database refuses into a sentence; what was written before it stays.

        :raise SlotTaken: if a technician would have two appointments at once
        """
        try:
            with self.env.cr.savepoint():
                yield
                self.env.flush_all()
        except ExclusionViolation as error:
            raise SlotTaken(
                self.env._("This time has just been taken. Please choose another one.")
            ) from error

    def _lock(self, resource_ids=()):
        """Wait for others who change the appointment, its case, or book its technicians.

        :param resource_ids: other technicians who are to come
        :return: whether it is still there
        :rtype: bool
        """
        self.ensure_one()
        if not self.exists():
            return False
        self.activity_id._lock_state()
        technicians = (self | self.replaces_id).technician_ids  # all at once, thus in one order
        self._lock_resources({*resource_ids, *technicians.resource_id.ids})
        self.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT FROM kundenportal_appointment WHERE id = %s FOR NO KEY UPDATE", self.id),
            log_exceptions=False,
        )
        is_there = bool(self.env.cr.rowcount)
        self.invalidate_recordset(["state", "hold_until"])
        return is_there

    # === CRONS === #

    @api.autovacuum
    def _gc_holds(self):
        """Delete what was chosen and never confirmed."""
        self.search([("state", "=", "held"), ("hold_until", "<", fields.Datetime.now())]).unlink()
