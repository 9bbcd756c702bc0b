"""The options that our routes share: pages show, forms act."""


def portal_page(**options):
    """Return the options of a page that shows; for customers, unless ``auth="public"``.

    :param options: further ones of `odoo.http.route`, or others instead
    :rtype: dict
    """
    return {
        "type": "http",
        "auth": "user",
        "website": True,
        "methods": ["GET"],
        "readonly": True,
        "sitemap": False,
        **options,
    }


def portal_form(**options):
    """Return the options of a form that acts; for customers, unless ``auth="public"``.

    :param options: as in `portal_page`
    :rtype: dict
    """
    return {
        "type": "http",
        "auth": "user",
        "website": True,
        "methods": ["POST"],
        "sitemap": False,
        **options,
    }
