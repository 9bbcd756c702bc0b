"""What the tests of registrations share."""

import re

from lxml import html

#: A form that is in order.
FORM = {
    "company_name": "Ostwind Handel GmbH",
    "name": "Olga Ost",
    "email": "olga@ostwind.example",
    "phone": "0421 55 66 77",
    "note": "Bitte um Zugang.",
}


class RegistrationFixture:
    """Mixin: registrations in whichever state, without the pages."""

    @classmethod
    def _extend_portal_fixture(cls):
        cls.company.portal_registration = True
        cls.company.country_id = cls.env.ref("base.de")
        cls.Registration = cls.env["kundenportal.registration"]

    @classmethod
    def _create_registration(cls, state="open", **values):
        """Create a registration and bring it into a state by the way that it takes."""
        values = {**FORM, **values}
        registration = cls.Registration.create({**values, "form_key": values["email"]})
        if state != "unverified":
            registration._verify()
        return registration

    def _entries(self, code, registration):
        return self.env["kundenportal.protocol"].search(
            [("kind_id.code", "=", code), ("res_id", "=", registration.id)]
        )

    def _mails(self, email):
        """Return the mails that registrations sent to an address, the newest first."""
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [("email_to", "=", email), ("model", "=", False)],
                order="id desc",
            )
        )

    def _link_in(self, mail, part):
        """Return the first link of a mail that contains ``part``, as a path."""
        links = html.fromstring(mail.body_html).xpath("//a/@href")
        found = [link for link in links if part in link]
        self.assertTrue(found, f"no link to {part}")
        return re.sub(r"^https?://[^/]+", "", found[0])
