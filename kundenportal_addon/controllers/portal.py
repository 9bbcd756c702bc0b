from werkzeug.exceptions import NotFound

from odoo.http import request, route
from odoo.tools import lazy

from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.sale.controllers.portal import CustomerPortal

#: Cards of Odoo's home that a function's tile stands for.
CARDS_BEHIND_TILES = {"/my/orders", "/my/quotes", "/my/invoices", "/my/addresses"}

#: The database knows no larger ids, and fails at one.
MAX_ID = 2**31 - 1

LOGO_MAX_AGE = 60 * 60 * 24 * 365


class KundenportalPortal(CustomerPortal, PortalAccount):
    """Home of the portal, the door to records, and the pages of Odoo that belong to functions."""

    #: Codes of functions whose tile shows a number: the counter ``kundenportal_<code>`` of
    #: `_prepare_home_portal_values`, an empty string where there is nothing to show.
    _tile_counters = frozenset({"documents", "messages"})

    # === HOOKS OF ODOO'S PORTAL === #

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        user_sudo = request.env.user  # always sudoed
        if user_sudo._get_portal_level() and not values["sales_user"]:
            values["sales_user"] = user_sudo.company_id.portal_contact_user_id
        # A page may show it several times, for each width, or not at all.
        values["portal_contact"] = lazy(lambda: values["sales_user"]._get_portal_contact())
        return values

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "kundenportal_documents" in counters:
            waiting = self._count_documents("sale.order", self._prepare_quotations_domain)
            values["kundenportal_documents"] = waiting or ""
        return values

    # === ACCESS === #

    def _get_portal_record(self, model, record_id):
        """The one door from an id in an address to a record.

        :param str model: name of the model
        :param int record_id: id that the browser sent
        :return: the record, not sudoed, which the user may read
        :raise NotFound: without saying whether there is such a record at all
        """
        records = request.env[model]
        if record_id > MAX_ID:
            raise NotFound()
        record = records.browse(record_id).exists() if records.has_access("read") else records
        if not record or not record.has_access("read"):
            raise NotFound()
        return record

    def _check_function(self, code):
        """Answer 404 to customers without the function; who has no level keeps Odoo's plain portal.

        :param str code: code of the function
        :raise NotFound: if the user has a level, but not the function
        """
        user_sudo = request.env.user  # always sudoed
        if user_sudo._get_portal_level() and not user_sudo._has_portal_function(code):
            raise NotFound()

    # === HOME === #

    @route()
    def home(self, **kw):
        response = super().home(**kw)
        if response.is_qweb and request.env.user._get_portal_level():
            to_dos = request.env.user._prepare_portal_to_dos()
            is_listed = any(to_do["kind"] == "quotation" for to_do in to_dos)
            response.qcontext.update(
                portal_tiles=self._prepare_portal_tiles(),
                portal_to_dos=to_dos,
                portal_hidden_cards=CARDS_BEHIND_TILES,
                portal_hidden_alerts=["/my/quotes"] if is_listed else [],
            )
        return response

    def _prepare_portal_tiles(self):
        """Return the tiles of the user's functions, in display order, without a query.

        :rtype: list[dict]
        """
        group_ids = set(request.env.user._get_group_ids())
        return [
            {
                "title": name,
                "text": description,
                "icon": icon,
                "url": url,
                "counter": f"kundenportal_{code}" if code in self._tile_counters else None,
            }
            for group_id, code, name, description, icon, url in request.env[
                "kundenportal.function"
            ]._get_tiles()
            if group_id in group_ids
        ]

    @route(
        "/my/contact_person/avatar",
        type="http",
        auth="user",
        website=True,
        sitemap=False,
        readonly=True,
    )
    def contact_person_avatar(self, **kw):
        """Picture of the user's own contact person; customers may not read the staff's contacts."""
        contact_sudo = self._prepare_portal_layout_values()["sales_user"]
        if not contact_sudo:
            raise NotFound()
        stream = request.env["ir.binary"]._get_image_stream_from(contact_sudo, "avatar_128")
        return stream.get_response()

    @route(
        "/kundenportal/logo/<int:company_id>/<string:version>",
        type="http",
        auth="public",
        readonly=True,
    )
    def portal_logo(self, company_id, version, **kw):
        """Logo of a company's portal; public, as the company's own logo is."""
        company_sudo = (
            request.env["res.company"].sudo().browse(company_id).exists()
        )  # see docstring
        if not company_sudo.portal_logo_version:
            raise NotFound()
        stream = request.env["ir.binary"]._get_image_stream_from(company_sudo, "portal_logo")
        return stream.get_response(max_age=LOGO_MAX_AGE)

    # === DOCUMENTS === #

    @route("/my/documents", type="http", auth="user", website=True, sitemap=False, readonly=True)
    def portal_my_documents(self, **kw):
        if not request.env.user._has_portal_function("documents"):
            raise NotFound()
        values = self._prepare_portal_layout_values()
        values.update(page_name="documents", tiles=self._prepare_document_tiles())
        return request.render("kundenportal_addon.portal_my_documents", values)

    def _prepare_document_tiles(self):
        """Return what the user has of each kind of document, with Odoo's own page of it.

        :rtype: list[dict]
        """
        quotations = self._count_documents("sale.order", self._prepare_quotations_domain)
        orders = self._count_documents("sale.order", self._prepare_orders_domain)
        invoices = self._count_documents(
            "account.move", lambda _p: self._get_invoices_domain("out")
        )
        bills = self._count_documents("account.move", lambda _p: self._get_invoices_domain("in"))
        tiles = [
            (
                request.env._("Quotations"),
                request.env._("Waiting for an answer"),
                "fa-pencil-square-o",
                "/my/quotes",
                quotations,
            ),
            (
                request.env._("Orders"),
                request.env._("Follow, view or pay"),
                "fa-shopping-bag",
                "/my/orders",
                orders,
            ),
            (
                request.env._("Invoices"),
                request.env._("Follow, download or pay"),
                "fa-file-text-o",
                "/my/invoices?filterby=invoices",
                invoices,
            ),
        ]
        if bills:
            tiles.append(
                (
                    request.env._("Our invoices"),
                    request.env._("What has been invoiced to us"),
                    "fa-inbox",
                    "/my/invoices?filterby=bills",
                    bills,
                )
            )
        keys = ("title", "text", "icon", "url", "count")
        return [dict(zip(keys, tile, strict=True)) for tile in tiles]

    def _count_documents(self, model, get_domain):
        """Count the documents that Odoo's own page would list for the user."""
        documents = request.env[model]
        if not documents.has_access("read"):
            return 0
        return documents.search_count(get_domain(request.env.user.partner_id))

    @route()
    def portal_order_page(self, order_id, **kwargs):
        return self._sign_in_first(super().portal_order_page(order_id, **kwargs))

    @route()
    def portal_my_invoice_detail(self, invoice_id, **kwargs):
        return self._sign_in_first(super().portal_my_invoice_detail(invoice_id, **kwargs))

    def _sign_in_first(self, response):
        """Lead whoever follows a link without being signed in to the very record afterwards.

        Odoo sends strangers to /my, existing record or not, which forgets where they wanted to go.
        """
        if request.env.user._is_public() and (response.location or "").endswith("/my"):
            target = request.httprequest.full_path.rstrip("?")
            return request.redirect_query("/web/login", {"redirect": target})
        return response

    @route()
    def portal_my_quotes(self, **kwargs):
        self._check_function("documents")
        return super().portal_my_quotes(**kwargs)

    @route()
    def portal_my_orders(self, **kwargs):
        self._check_function("documents")
        return super().portal_my_orders(**kwargs)

    @route()
    def portal_my_invoices(self, **kwargs):
        self._check_function("documents")
        return super().portal_my_invoices(**kwargs)

    # === DATA === #

    def _get_data_done_text(self, code):
        """Return the sentence for what became of an edit, None for codes that nobody knows."""
        return {
            "saved": request.env._("Saved. Thank you for keeping this up to date."),
            "requested": request.env._(
                "This is waiting for our approval; until then, what was remains."
            ),
            "saved_requested": request.env._(
                "Saved. Some of it is waiting for our approval; see what was requested."
            ),
            "unchanged": request.env._("Nothing had to be changed."),
            "added": request.env._("The address has been added."),
            "withdrawn": request.env._("The request has been withdrawn."),
            "decided": request.env._("This has been decided already."),
            "main_users_add": request.env._(
                "New addresses are entered by the main users of the company."
            ),
        }.get(code)
