"""The shop with 5,000 products, beside website_sale's on the same products.

One database with both, one server, one customer: /my/shop and /shop in turns, the first page, a
search and a page in the middle. Times and queries are those of Odoo's own log line of each request.
Aims: at most 30 queries, not slower than website_sale.
"""

import os
from statistics import median

from bench_home import LOGIN, REPEAT, ROUNDS, measure, prepare
from common import Ratio, install, odoo_environment, print_table, report

from dev import databases

DATABASE = "bench_shop"
PRODUCTS = int(os.environ.get("KP_BENCH_PRODUCTS", "5000"))
BATCH = 500
#: What is aimed at.
QUERIES = 30
#: What is asked for → our page, the peer's.
PAGES = {
    "first page": ("/my/shop", "/shop"),
    "search": ("/my/shop?search=Artikel+42", "/shop?search=Artikel+42"),
    "page 100": ("/my/shop/page/100", "/shop/page/100"),
}


def main():
    databases.drop(DATABASE)
    databases.copy(os.environ["KP_ADDON_DB"], DATABASE)
    try:
        install(DATABASE, "website_sale")
        prepare(DATABASE)
        with odoo_environment(DATABASE) as env:
            fill(env)
        figures = {page: [] for pair in PAGES.values() for page in pair}
        for _round in range(ROUNDS):
            for page, values in measure(DATABASE, list(figures)).items():
                figures[page] += values
    finally:
        databases.drop(DATABASE)
    show(figures)


def fill(env):
    """Offer the products in both shops, with the customer's own price list and taxes."""
    env.ref("base.group_user").implied_ids += env.ref("product.group_product_pricelist")
    customer = env["res.users"].search([("login", "=", LOGIN)]).partner_id.commercial_partner_id
    customer.property_product_pricelist = env["product.pricelist"].create(
        {
            "name": "Bench",
            "item_ids": [
                (
                    0,
                    0,
                    {"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"},
                )
            ],
        }
    )
    tax = env["account.tax"].create({"name": "Bench 19 %", "amount": 19})
    categories = env["product.category"].create(
        [{"name": f"Kategorie {number}"} for number in range(12)]
    )
    # Only what is measured, whatever the demo data bring.
    env["product.template"].search([]).write({"portal_shop_ok": False, "is_published": False})
    products = env["product.template"].with_context(tracking_disable=True)
    for start in range(0, PRODUCTS, BATCH):
        products.create(
            [
                {
                    "name": f"Artikel {number}",
                    "default_code": f"B-{number}",
                    "description_sale": f"Für den täglichen Bedarf, Nummer {number}.",
                    "list_price": 5 + number % 200,
                    "taxes_id": [(6, 0, tax.ids)],
                    "categ_id": categories[number % len(categories)].id,
                    "portal_shop_ok": True,
                    "is_published": True,
                }
                for number in range(start, min(start + BATCH, PRODUCTS))
            ]
        )
        env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute("VACUUM ANALYZE product_template, product_product")
    env.cr._cnx.autocommit = False


def show(figures):
    """Print medians, and how they compare."""
    rows = []
    for name, pages in PAGES.items():
        (our_queries, ours), (peer_queries, peer) = (
            (median(q for q, _ms in figures[page]), median(ms for _q, ms in figures[page]))
            for page in pages
        )
        rows.append(
            (name, ours, peer, round(ours / peer, 2), f"{our_queries:g}", f"{peer_queries:g}")
        )
        what, against = f"/my/shop of {PRODUCTS:,} products, {name}", "website_sale /shop"
        report(
            Ratio(what, ours, against, peer, at_most=1),
            Ratio(what, our_queries, against, peer_queries, unit="queries", limit=QUERIES),
        )
    print_table(
        f"A shop of {PRODUCTS:,} products: server time in ms (medians of {ROUNDS * REPEAT}; aims: "
        f"ratio 1 or less, {QUERIES} queries or fewer)",
        rows,
        ("page", "/my/shop", "website_sale /shop", "ratio", "our queries", "their queries"),
    )


if __name__ == "__main__":
    main()
