"""What tests of appointments share: technicians, a type of jobs, and times when they are free."""

from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import new_test_user

from .activity_common import ActivityFixture

#: The day of the tests, a Monday far enough ahead that nothing of the day they run on matters.
MONDAY = datetime(2035, 3, 5)


def at(hour, minute=0, day=0):
    """Return a moment of the tests' week, in UTC."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


class AppointmentFixture(ActivityFixture):
    """Mixin: two technicians with a calendar each, and a vehicle, all of them of one team."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        calendar = cls.env["resource.calendar"].create(
            {"name": "KP 40", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.anna, cls.ben, cls.van = (
            cls.env["resource.resource"].create(
                {
                    "name": name,
                    "user_id": login and cls._create_technician(login).id,
                    "resource_type": "user" if login else "material",
                    "company_id": cls.company.id,
                    "calendar_id": calendar.id,
                    "tz": "UTC",
                }
            )
            for name, login in (("Anna T", "kp_anna"), ("Ben T", "kp_ben"), ("Van", None))
        )
        cls.technicians = cls.anna | cls.ben
        cls.team = cls.env["kundenportal.team"].create(
            {"name": "Technik", "resource_ids": [Command.set(cls.technicians.ids)]}
        )
        cls.job_type = cls._create_type("Einsatz", team_id=cls.team.id, appointment_minutes=120)
        cls.job = cls._create_job()
        return result

    @classmethod
    def _create_technician(cls, login):
        return new_test_user(cls.env, login, "base.group_user", email=f"{login}@staff.example")

    @classmethod
    def _create_job(cls, partner=None, **values):
        return cls._create_case(partner or cls.user, "Wartung", cls.job_type, **values)

    @classmethod
    def _slot(cls, start, hours=2, resources=None):
        resources = resources or cls.anna
        return {
            "start": start,
            "stop": start + timedelta(hours=hours),
            "resource_ids": resources.ids,
            "added_travel": 12,
        }

    @classmethod
    def _book(cls, start, case=None, by=None, **options):
        """Book Anna, or others, as staff, or as a contact's page does."""
        slot = cls._slot(start, options.pop("hours", 2), options.pop("resources", None))
        appointments = cls.env["kundenportal.appointment"]
        if by:
            appointments = appointments.with_user(by.user_ids).with_context(lang="en_US")
        case = case or cls.job
        return (
            appointments._book(case, slot, by_customer=bool(by), **options)
            .sudo(False)
            .with_env(cls.env)
        )

    def entries(self, appointment, code=None, is_open=None):
        """Return what the protocol has about an appointment."""
        domain = [("res_model", "=", appointment._name), ("res_id", "=", appointment.id)]
        if code:
            domain.append(("kind_id.code", "=", code))
        if is_open is not None:
            domain.append(("review_state", "=" if is_open else "!=", "open"))
        return self.env["kundenportal.protocol"].search(domain)

    def mails(self):
        """Return the mails that wait to be sent about the appointments of the job, newest first."""
        return self.env["mail.mail"].search([("subject", "like", self.job.number)], order="id desc")
