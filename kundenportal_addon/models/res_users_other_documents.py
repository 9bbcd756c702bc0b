from odoo import models, tools
from odoo.fields import Domain

#: Models that have rules of their own (security/portal_document_rules.xml).
GOVERNED = {"sale.order", "account.move"}

#: Models of other modules whose pages belong to a function of ours. Who lacks it, lacks them.
FUNCTIONS = {
    "project.project": "activities",
    "project.task": "activities",
    "purchase.order": "documents",
}

#: What is a person's own beside what names it: projects that it was invited to work on.
INVITED = {
    "project.project": lambda partner: Domain("collaborator_ids.partner_id", "=", partner.id),
    "project.task": lambda partner: Domain(
        "project_id.collaborator_ids",
        "any",
        [("partner_id", "=", partner.id), ("limited_access", "=", False)],
    ),
}

#: Models that are no documents, but parts of them: the field that leads to the document.
PARTS = {
    "purchase.order.line": "order_id",
    "project.milestone": "project_id",
    "account.analytic.line": "project_id",
}


class ResUsers(models.Model):
    """Levels and functions hold for the documents of modules that we do not know, too.

    Such a document has a page in the portal (`portal.mixin`), and Odoo shows it to every contact of
    the company that it was shared with. To this, main users keep what Odoo gives them; users keep
    what is their own: what names them as its contact, and what they were invited to in person.
    Nothing is ever added. `FUNCTIONS` says which of our functions a module's pages belong to; the
    pages of others are there for everybody with a level, as cards below our tiles.
    """

    _inherit = "res.users"

    @tools.ormcache("self.id", "model_name")
    def _portal_other_domain(self, model_name):
        """Return what the user's level and functions leave it of another module's records.

        :param str model_name: any model
        :return: everything for models that we know, and for whoever has no level
        :rtype: Domain
        """
        self.ensure_one()
        model = self.env[model_name].sudo()  # only its fields are looked at
        part_of = PARTS.get(model_name)
        if part_of in model._fields and model._fields[part_of].comodel_name in self.env:
            domain = self._portal_other_domain(model._fields[part_of].comodel_name)
            return domain if domain.is_true() else Domain(part_of, "any", domain)
        if model_name in GOVERNED or not self._is_portal_document(model_name):
            return Domain.TRUE
        level = self._get_portal_level()
        if not level:
            return Domain.TRUE
        function = FUNCTIONS.get(model_name)
        if function and not self._has_portal_function(function):
            return Domain.FALSE
        return Domain.TRUE if level == "main_user" else self._portal_own_domain(model)

    def _is_portal_document(self, model_name):
        registry = self.env.registry
        return issubclass(registry[model_name], registry["portal.mixin"])

    def _portal_own_domain(self, model):
        """Return what is the user's own in a model, as far as can be told without knowing it.

        :rtype: Domain
        """
        own = Domain.FALSE
        for name, field in model._fields.items():
            names_contact = field.type == "many2one" and field.comodel_name == "res.partner"
            if names_contact and field.store and name != "commercial_partner_id":
                own |= Domain(name, "=", self.partner_id.id)
        if "message_partner_ids" in model._fields:
            own |= Domain("message_partner_ids", "in", self.partner_id.ids)
        if model._name in INVITED:
            own |= INVITED[model._name](self.partner_id)
        if "company_id" in model._fields:
            # Where levels do not apply to documents, they do not apply to these either.
            free_ids = self.env["res.company"]._get_unrestricted_ids()
            own |= Domain("company_id", "in", free_ids)
            if self.company_id.id in free_ids:
                own |= Domain("company_id", "=", False)
        return own
