from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from ..models.res_partner_data_form import COMPANY_FIELDS
from .portal import KundenportalPortal
from .routes import portal_form, portal_page


class PortalCompanyData(KundenportalPortal):
    """/my/company: the data of the customer's company; and taking back what waits."""

    # === THE COMPANY === #

    @route("/my/company", **portal_page())
    def portal_my_company(self, done=None, **kw):
        """Show the company's data, as a form to those who may edit it."""
        company_sudo = self._get_own_company()
        if not company_sudo:
            return request.redirect("/my/addresses")  # a person has only these and its account
        return self._render_company(company_sudo, done=self._get_data_done_text(done))

    @route("/my/company", **portal_form())
    def portal_my_company_submit(self, **typed):
        """Take what was typed."""
        company_sudo = self._get_own_company()
        if not company_sudo or not company_sudo._is_customers_to_edit():
            raise NotFound()
        changes = request.env["kundenportal.data.change"]
        latest = changes._get_latest_line()
        try:
            with request.env.cr.savepoint():
                errors, error = company_sudo._edit_company_data(typed), None
        except UserError as refusal:
            errors, error = {}, str(refusal)
        if errors or error:
            return self._render_company(company_sudo, typed=typed, errors=errors, error=error)
        code = changes._get_outcome(company_sudo, latest)
        return request.redirect_query("/my/company", {"done": code})

    def _get_own_company(self):
        """Return the company that the customer belongs to, as superuser; empty for a person.

        :raise NotFound: without a level or without the function
        """
        user_sudo = request.env.user  # always sudoed
        if not user_sudo._get_portal_level():
            raise NotFound()
        self._check_function("master_data")
        company_sudo = user_sudo.partner_id.commercial_partner_id
        return company_sudo if company_sudo != user_sudo.partner_id else company_sudo.browse()

    def _render_company(self, company_sudo, typed=None, errors=None, error=None, done=None):
        texts = {name: company_sudo._get_typed(name) for name in COMPANY_FIELDS}
        for name, text in (typed or {}).items():
            if name in texts and isinstance(text, str):
                texts[name] = text.replace("\x00", "")
        country = texts["country_id"]
        countries_sudo = request.env["res.country"].sudo()  # no secret
        country_sudo = countries_sudo
        if company_sudo._is_listed("country_id", country, ""):
            country_sudo = countries_sudo.browse(int(country))
        may_edit = company_sudo._is_customers_to_edit()
        return request.render(
            "kundenportal_addon.portal_my_company",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "company",
                "customer": company_sudo,
                "may_edit": may_edit,
                "portal_data": company_sudo._prepare_data_form(COMPANY_FIELDS) if may_edit else {},
                "portal_done": done,
                "texts": texts,
                "errors": errors or {},
                "error": error,
                "countries": countries_sudo.search([]) if may_edit else countries_sudo,
                "states": country_sudo.state_ids if may_edit else (),
            },
        )

    # === WHAT WAITS === #

    @route("/my/data/<int:data_change_id>/withdraw", **portal_form())
    def portal_data_withdraw(self, data_change_id, **kw):
        """Take back what waits of an edit."""
        try:
            change_sudo = request.env["kundenportal.data.change"]._find_for_customer(data_change_id)
        except AccessError:
            raise NotFound() from None
        try:
            with request.env.cr.savepoint():
                change_sudo.sudo(False)._withdraw()
                code = "withdrawn"
        except UserError:
            code = "decided"
        own_sudo = request.env.user.partner_id  # always sudoed
        pages = {own_sudo.commercial_partner_id: "/my/company", own_sudo: "/my/account"}
        page = pages.get(change_sudo.partner_id, "/my/addresses")
        return request.redirect_query(page, {"done": code})
