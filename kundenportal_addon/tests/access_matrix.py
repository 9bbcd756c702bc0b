"""Who may do what with which kind of model: the table that test_access_matrix.py tries out.

A model's kind follows from its shape, see `kind_of`, so that a model that is added later is covered
at once. What has no kind, or no way to make a record of it, fails the test with a sentence that
says what to add here.

Operations are letters: c(reate), r(ead), w(rite), u(nlink). A cell is what a role *must* be able to
do and what it *may* do at most, with a record made for the contact of the role ``user``.
"""

from typing import NamedTuple

from odoo.fields import Command

#: Nobody of the portal's team; ``functionless`` has a level, but no function; ``levelless``
#: neither.
ROLES = (
    "anonymous",
    "user",
    "colleague",
    "main",
    "foreign_user",
    "foreign_main",
    "functionless",
    "levelless",
    "internal",
    "officer",
    "manager",
)
OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}


class Cell(NamedTuple):
    must: str = ""
    may: str = ""


NOTHING = Cell()
READ = Cell("r", "r")
EVERYTHING = Cell("r", "crwu")

#: kind → role → cell; a role that is not named may do nothing.
MATRIX = {
    # Mixins have no table; nothing to try.
    "abstract": {},
    # Counters of the machinery: nobody's.
    "technical": {},
    # Dialogs of the staff. Somebody must be able to create them: `test_wizards_have_users`.
    "wizard": {"officer": Cell("", "crwu"), "manager": Cell("", "crwu")},
    # What the product is set up with. The portal reads it through its function's group, if at all.
    "configuration": {
        **dict.fromkeys(
            ("user", "colleague", "main", "foreign_user", "foreign_main"), Cell("", "r")
        ),
        "internal": Cell("", "r"),
        "officer": READ,
        "manager": Cell("rw", "crwu"),
    },
    # Append-only; written by the portal itself.
    "protocol": {
        "user": Cell("", "r"),
        "main": Cell("", "r"),
        "officer": Cell("rw", "rw"),
        "manager": Cell("rw", "rw"),
    },
    # What strangers sent; staff decide on it, by methods only.
    "staff": {"officer": Cell("rw", "rw"), "manager": Cell("rw", "rwu")},
    # What staff look at and decide by methods only; no customer has access to the model.
    "decided by staff": {"officer": Cell("r", "rw"), "manager": Cell("r", "rw")},
    # What belongs to a customer: users have their own, main users the company's, nobody else's.
    "customer": {
        "user": EVERYTHING,
        "main": EVERYTHING,
        "officer": EVERYTHING,
        "manager": EVERYTHING,
    },
    # What main users want for their colleagues; written by methods only.
    "request of main users": {"main": READ, "officer": READ, "manager": READ},
    # What staff write; customers read their copies of it, not the record.
    "message": dict.fromkeys(("officer", "manager"), Cell("crwu", "crwu")),
    # What one person reads, not even its main user; written by the portal itself.
    "personal": {"user": READ, "officer": READ, "manager": READ},
    # Absences of the staff: officers enter their own, managers everybody's.
    "absence": dict.fromkeys(("officer", "manager"), Cell("crwu", "crwu")),
    # What customers decide for themselves, and staff for those who ring up.
    "choice": dict.fromkeys(("officer", "manager"), Cell("crwu", "crwu")),
    # News that staff write; customers have a door, and no access to the model.
    "announcement": dict.fromkeys(("officer", "manager"), Cell("crwu", "crwu")),
    # Orders and invoices of Odoo; staff have them by groups of other apps.
    "document": {"user": READ, "main": READ},
    # Devices at a customer's: its printers are shown to all of its users.
    "device": {
        **dict.fromkeys(("user", "colleague", "main"), READ),
        "officer": Cell("crw", "crw"),
        "manager": Cell("crwu", "crwu"),
    },
    "contact": {
        "user": READ,
        "main": READ,
        "internal": READ,
        "officer": Cell("crw", "crwu"),
        "manager": Cell("crw", "crwu"),
    },
}

#: Models of Odoo that the levels hold for.
ODOO_MODELS = {
    "sale.order": "document",
    "sale.order.line": "document",
    "account.move": "document",
    "account.move.line": "document",
    "res.partner": "contact",
    "maintenance.equipment": "device",
}

#: Models whose kind does not follow from their shape, each with the reason.
EXCEPTIONAL_KINDS = {
    # The applicant is no customer yet; it sees where it stands by a token.
    "kundenportal.registration": "staff",
    # Customers see what waits on pages that look it up for them.
    "kundenportal.data.change": "decided by staff",
    "kundenportal.data.change.line": "decided by staff",
    # About a colleague who knows nothing of it; main users and staff decide.
    "kundenportal.access.request": "request of main users",
    # Dates in a record rule would be cached beyond them; pages look up what runs.
    "kundenportal.announcement": "announcement",
    # Written by the portal itself, for staff to see who has read.
    "kundenportal.announcement.receipt": "decided by staff",
    "kundenportal.message": "message",
    # To a contact; those to a company have tests of their own.
    "kundenportal.message.recipient": "personal",
    # Their own readings customers see on pages that look them up for them.
    "kundenportal.message.reading": "decided by staff",
    # Its page looks up what was written below a copy.
    "kundenportal.message.reply": "decided by staff",
    # What was done with a case; its page and its conversation tell customers.
    "kundenportal.activity.action.use": "decided by staff",
    # Customers do not learn who comes; an appointment's methods write its rows.
    "kundenportal.appointment.technician": "decided by staff",
    # What is offered a page shows, and only what is still to be had.
    "kundenportal.appointment.proposal": "decided by staff",
    # Neither set up by managers nor about a customer.
    "kundenportal.deputy": "absence",
    # Customers choose on a page that looks it up for them.
    "kundenportal.notice.choice": "choice",
    # Personal, and written by methods; pages look up what is the reader's.
    "kundenportal.cart": "decided by staff",
    "kundenportal.cart.line": "decided by staff",
    # The one person whose data it is has a page; nobody else gets at it, staff neither.
    "kundenportal.data.export": "technical",
    # Main users choose on a page that looks it up for them.
    "kundenportal.release.deputy": "decided by staff",
}

#: Kinds whose records stay with the company they were made for when their contact leaves it.
COMPANY_BOUND = ("customer", "document")


def kind_of(model):
    """Return the kind of a model of ours or of `ODOO_MODELS`, None if its shape tells nothing.

    :param model: empty recordset
    """
    if model._name in ODOO_MODELS:
        return ODOO_MODELS[model._name]
    if model._name in EXCEPTIONAL_KINDS:
        return EXCEPTIONAL_KINDS[model._name]
    if model._abstract:
        return "abstract"
    if model._transient:
        return "wizard"
    if "review_state" in model._fields:
        return "protocol"
    if is_customer_model(model):
        return "customer"
    if not model._log_access:
        return "technical"
    if not any(field.comodel_name == "res.partner" for field in model._fields.values()):
        return "configuration"
    return None


def is_customer_model(model):
    """Tell whether records of the model say whose they are, or are parts of one that does."""
    field = model._fields.get("commercial_partner_id")
    if field and field.store:
        return True
    return any(
        field.type == "many2one"
        and field.required
        and field.ondelete == "cascade"
        and field.comodel_name != model._name
        and field.comodel_name.startswith("kundenportal.")
        and is_customer_model(model.env[field.comodel_name])
        for field in model._fields.values()
    )


#: model → function (test case, contact) → values of a new record for the contact.
VALUES = {
    "sale.order": lambda case, partner: {"partner_id": partner.id},
    "sale.order.line": lambda case, partner: {
        "order_id": case.order_of(partner).id,
        "product_id": case.order_of(partner).order_line.product_id.id,
    },
    "account.move": lambda case, partner: {"partner_id": partner.id, "move_type": "out_invoice"},
    "account.move.line": lambda case, partner: {
        "move_id": case.invoice_of(partner).id,
        "name": "x",
    },
    "res.partner": lambda case, partner: {"name": "Neu", "parent_id": partner.parent_id.id},
    "maintenance.equipment": lambda case, partner: {
        "name": "x",
        "customer_id": partner.id,
        "is_printer": True,
    },
    "product.template": lambda case, partner: {"name": "x"},
    "kundenportal.protocol": lambda case, partner: {"partner_id": partner.id},
    "kundenportal.link": lambda case, partner: {
        "purpose": "sign_in",
        "digest": "x",
        "res_model": "res.partner",
        "res_id": partner.id,
        "expires_on": "2099-01-01 00:00:00",
    },
    "kundenportal.registration": lambda case, partner: {
        "name": "Rita Registriert",
        "email": "rita@neu.example",
        "partner_id": partner.id,
    },
    "kundenportal.link.request": lambda case, partner: {
        "purpose": "access",
        "typed": "x",
        "user_id": case.user.user_ids.id,
        "company_id": case.company.id,
    },
    "kundenportal.access.request": lambda case, partner: {
        "partner_id": partner.id,
        "commercial_partner_id": partner.commercial_partner_id.id,
        "requested_by_id": case.main.user_ids.id,
        "level": "main_user",
        "company_id": case.company.id,
    },
    "kundenportal.deputy": lambda case, partner: {
        "user_id": case.officer.id,
        "deputy_id": case.manager.id,
        "date_to": "2099-01-01",
    },
    "kundenportal.form.key": lambda case, partner: {
        "digest": "x",
        "res_model": "res.partner",
        "res_id": partner.id,
        "used_on": "2026-01-01 00:00:00",
    },
    "privacy.lookup.wizard.line": lambda case, partner: {
        "res_id": partner.id,
        "res_model_id": case.env["ir.model"]._get_id("res.partner"),
    },
    "kundenportal.data.export": lambda case, partner: {
        "partner_id": partner.id,
        "user_id": partner.user_ids.id or case.user.user_ids.id,
    },
    "kundenportal.data.change": lambda case, partner: {
        "partner_id": partner.id,
        "commercial_partner_id": partner.commercial_partner_id.id,
        "company_id": case.company.id,
    },
    "kundenportal.data.change.line": lambda case, partner: {
        "change_id": case.record_for(case.env["kundenportal.data.change"], partner).id,
        "field_id": case.env["ir.model.fields"]._get("res.partner", "name").id,
        "state": "applied",
    },
    "kundenportal.notice.choice": lambda case, partner: {
        "partner_id": partner.id,
        "kind_id": case.env.ref("kundenportal_addon.notice_kind_data_change").id,
    },
    "kundenportal.announcement": lambda case, partner: {
        "title": "Inventur am Freitag",
        "body": "<p>GEHEIM-4711</p>",
        "is_published": True,
        "audience": "chosen",
        "category_ids": case.env["res.partner.category"]
        .create(
            {
                "name": "Nur für einen",
                "is_portal_group": True,
                "partner_ids": [Command.set(partner.ids)],
            }
        )
        .ids,
    },
    "kundenportal.announcement.receipt": lambda case, partner: {
        "announcement_id": case.record_for(case.env["kundenportal.announcement"], partner).id,
        "partner_id": partner.id,
        "revision": 2,
    },
    "kundenportal.message": lambda case, partner: {"subject": "x", "body": "<p>x</p>"},
    "kundenportal.message.recipient": lambda case, partner: {
        "message_id": case.record_for(case.env["kundenportal.message"], partner).id,
        "partner_id": partner.id,
        "commercial_partner_id": partner.commercial_partner_id.id,
        "company_id": case.company.id,
        "sent_on": "2026-01-01 00:00:00",
    },
    "kundenportal.message.reading": lambda case, partner: {
        "recipient_id": case.record_for(case.env["kundenportal.message.recipient"], partner).id,
        "partner_id": partner.id,
        "read_on": "2026-01-01 00:00:00",
    },
    "kundenportal.message.reply": lambda case, partner: {
        "recipient_id": case.record_for(case.env["kundenportal.message.recipient"], partner).id,
        "company_id": case.company.id,
        "body": "x",
    },
    "kundenportal.message.answer": lambda case, partner: {
        "recipient_id": case.record_for(case.env["kundenportal.message.recipient"], partner).id,
        "body": "x",
    },
    "kundenportal.message.preview": lambda case, partner: {
        "message_id": case.record_for(case.env["kundenportal.message"], partner).id,
        "partner_id": partner.id,
    },
    "kundenportal.team": lambda case, partner: {"name": "x"},
    "kundenportal.skill": lambda case, partner: {"name": "x"},
    "kundenportal.activity": lambda case, partner: {
        "name": "x",
        "type_id": case.case_type().id,
        "partner_id": partner.id,
    },
    "kundenportal.activity.action.use": lambda case, partner: {
        "action_id": case.record_for(case.env["kundenportal.activity.action"], partner).id,
        "partner_id": partner.id,
        "company_id": case.company.id,
    },
    "kundenportal.appointment": lambda case, partner: {
        "activity_id": case.record_for(case.env["kundenportal.activity"], partner).id,
        "start": "2035-03-05 08:00:00",
        "stop": "2035-03-05 10:00:00",
    },
    "kundenportal.appointment.technician": lambda case, partner: {
        "appointment_id": case.record_for(case.env["kundenportal.appointment"], partner).id,
        "resource_id": case.env["resource.resource"].create({"name": "x"}).id,
    },
    "kundenportal.appointment.proposal": lambda case, partner: {
        "activity_id": case.record_for(case.env["kundenportal.activity"], partner).id,
        "start": "2035-03-05 08:00:00",
        "stop": "2035-03-05 10:00:00",
    },
    "kundenportal.cart": lambda case, partner: {
        "partner_id": partner.id,
        "commercial_partner_id": partner.commercial_partner_id.id,
        "company_id": case.company.id,
        "channel": "shop",
    },
    "kundenportal.cart.line": lambda case, partner: {
        "partner_id": partner.id,
        "commercial_partner_id": partner.commercial_partner_id.id,
        "company_id": case.company.id,
        "channel": "shop",
        "product_id": case.order_of(partner).order_line.product_id.id,
        "quantity": 1,
    },
    "kundenportal.release.deputy": lambda case, partner: {
        "partner_id": case.main.id,
        "deputy_id": partner.id,
        "commercial_partner_id": partner.commercial_partner_id.id,
        "date_from": "2026-01-01",
        "date_to": "2099-01-01",
    },
    "kundenportal.slot.finder": lambda case, partner: {
        "activity_id": case.record_for(case.env["kundenportal.activity"], partner).id,
    },
    "kundenportal.slot.finder.line": lambda case, partner: {
        "finder_id": case.record_for(case.env["kundenportal.slot.finder"], partner).id,
    },
    "kundenportal.form.field": lambda case, partner: {
        "name": "x",
        "type_id": case.env.ref("kundenportal_addon.activity_type_ticket").id,
    },
    "kundenportal.form.choice": lambda case, partner: {
        "name": "x",
        "field_id": case.record_for(case.env["kundenportal.form.field"], partner).id,
    },
    "kundenportal.form.response": lambda case, partner: {
        "activity_id": case.record_for(case.env["kundenportal.activity"], partner).id,
        "name": "x",
        "version": case.env["kundenportal.form.response"].search_count([]) + 1,
    },
    "kundenportal.form.answer": lambda case, partner: {
        "response_id": case.record_for(case.env["kundenportal.form.response"], partner).id,
        "label": "x",
        "kind": "text",
        "value": "GEHEIM",
    },
    "kundenportal.form.fill": lambda case, partner: {
        "activity_id": case.record_for(case.env["kundenportal.activity"], partner).id,
        "action_id": case.record_for(case.env["kundenportal.activity.action"], partner).id,
    },
    "kundenportal.form.fill.line": lambda case, partner: {
        "fill_id": case.env["kundenportal.form.fill"]
        .create(VALUES["kundenportal.form.fill"](case, partner))
        .id,
        "field_id": case.record_for(case.env["kundenportal.form.field"], partner).id,
    },
    "kundenportal.viewing": lambda case, partner: {
        "user_id": case.manager.id,
        "customer_id": partner.user_ids.id,
        "reason": "x",
        "valid_until": "2099-01-01 00:00:00",
    },
    "kundenportal.viewing.start": lambda case, partner: {"partner_id": partner.id},
    "kundenportal.access.mail": lambda case, partner: {"partner_id": partner.id},
    "kundenportal.password": lambda case, partner: {"partner_id": partner.id},
    "kundenportal.throttle": lambda case, partner: {
        "scope": "access_request",
        "key": "x",
        "attempted_on": "2026-01-01 00:00:00",
    },
}

#: model → function (test case, contact) → record, where it is not made by `create` with `VALUES`.
RECORDS = {
    "sale.order": lambda case, partner: case.order_of(partner),
    "sale.order.line": lambda case, partner: case.order_of(partner).order_line,
    "account.move": lambda case, partner: case.invoice_of(partner),
    "account.move.line": lambda case, partner: case.invoice_of(partner).invoice_line_ids,
    "res.partner": lambda case, partner: partner,
    "kundenportal.protocol": lambda case, partner: case.env["kundenportal.protocol"]._log(
        "access_granted", partner
    ),
}
