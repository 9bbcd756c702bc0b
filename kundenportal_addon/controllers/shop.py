from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..tools.typed_text import clean
from .portal import MAX_ID, KundenportalPortal
from .routes import portal_page

PRODUCTS_PER_PAGE = 24
ORDERS_PER_PAGE = 20

SHOP_URL = "/my/shop"


class PortalShop(KundenportalPortal):
    """/my/shop: the articles that customers order, and what became of what they sent.

    What is put into the cart goes to /my/cart.
    """

    # === ARTICLES === #

    @route([SHOP_URL, f"{SHOP_URL}/page/<int:page>"], **portal_page())
    def portal_shop(self, page=1, **typed):
        """Show a page of the shop."""
        self._check_shop()
        products = request.env["product.template"]
        choice = products._read_shop_choice(typed)
        total, categories = products._count_for_shop(choice)
        asked = {name: value for name, value in choice.items() if value}
        pager = portal_pager(SHOP_URL, total, page, PRODUCTS_PER_PAGE, url_args=asked)
        found = products._search_for_shop(
            choice, limit=PRODUCTS_PER_PAGE, offset=max(pager["offset"], 0)
        )
        return self._render_shop(
            "portal_shop",
            rows=found._prepare_shop_rows(),
            categories=categories,
            all_url=products._get_shop_url({**choice, "category": ""}),
            choice=choice,
            total=total,
            pager=pager,
            is_narrowed=bool(asked),
        )

    @route(f"{SHOP_URL}/<int:template_id>", **portal_page())
    def portal_shop_product(self, template_id, **kw):
        """Show an article with its variants."""
        product = self._get_shop_product(template_id)._prepare_shop_page()
        return self._render_shop(
            "portal_shop_product", product=product, crumbs=[{"text": product["name"]}]
        )

    @route(f"{SHOP_URL}/<int:template_id>/image", **portal_page())
    def portal_shop_image(self, template_id, variant="", size="", **kw):
        """Hand out a picture of an article; the page's address of it changes with the picture."""
        template_sudo = self._get_shop_product(template_id)
        record_sudo, field_name = template_sudo._find_picture(clean(variant), clean(size))
        stream = request.env["ir.binary"]._get_image_stream_from(record_sudo, field_name)
        return stream.get_response(immutable=True)

    # === WHAT WAS SENT === #

    @route([f"{SHOP_URL}/requests", f"{SHOP_URL}/requests/page/<int:page>"], **portal_page())
    def portal_shop_requests(self, page=1, **kw):
        """List the orders and quote requests that the customer has sent from the portal."""
        self._check_any_shop()
        orders = request.env["sale.order"]
        total = orders._count_sent_for_portal()
        pager = portal_pager(f"{SHOP_URL}/requests", total, page, ORDERS_PER_PAGE)
        found = orders._search_sent_for_portal(
            limit=ORDERS_PER_PAGE, offset=max(pager["offset"], 0)
        )
        return self._render_shop(
            "portal_shop_requests",
            rows=found._prepare_sent_rows(),
            pager=pager,
            crumbs=[{"text": request.env._("Sent orders")}],
        )

    @route(f"{SHOP_URL}/requests/<int:sent_id>", **portal_page())
    def portal_shop_request(self, sent_id, **kw):
        """Show what became of an order or a quote request."""
        self._check_any_shop()
        order_sudo = request.env["sale.order"]._find_sent_order(min(sent_id, MAX_ID))
        if not order_sudo:
            raise NotFound()
        return self._render_shop(
            "portal_shop_request",
            order=order_sudo._prepare_sent_page(),
            crumbs=[
                {"text": request.env._("Sent orders"), "url": f"{SHOP_URL}/requests"},
                {"text": order_sudo.name},
            ],
        )

    # === ACCESS === #

    def _check_shop(self):
        """Let only customers with the shop in.

        :raise NotFound: for everybody else
        """
        if not request.env.user._has_portal_function("shop"):
            raise NotFound()

    def _check_any_shop(self):
        """Let only customers in who can order something.

        :raise NotFound: for everybody else
        """
        user_sudo = request.env.user  # always sudoed
        if not any(user_sudo._has_portal_function(code) for code in ("shop", "printers")):
            raise NotFound()

    def _get_shop_product(self, template_id):
        """Return an article of the customer's shop, as superuser.

        :raise NotFound: without saying whether there is such an article elsewhere
        """
        self._check_shop()
        if template_id > MAX_ID:
            raise NotFound()
        template_sudo = request.env["product.template"]._find_in_shop(template_id)
        if not template_sudo:
            raise NotFound()
        return template_sudo

    # === RENDERING === #

    def _render_shop(self, page, crumbs=(), **values):
        return request.render(
            f"kundenportal_addon.{page}",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "shop",
                "portal_crumbs": list(crumbs),
                "has_shop": request.env.user._has_portal_function("shop"),
                "shows_prices": self._shows_shop_prices(),
                **values,
            },
        )

    def _shows_shop_prices(self):
        user_sudo = request.env.user  # always sudoed
        return user_sudo.partner_id._shows_prices("shop", user_sudo.company_id)
