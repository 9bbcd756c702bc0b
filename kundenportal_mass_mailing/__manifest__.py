{
    "name": "Kundenportal: mailings",
    "summary": "Mailings lie in the customer portal, too",
    "version": "19.0.1.0.0",
    "category": "Sales/Portal",
    "author": "Kundenportal maintainers",
    "website": "https://kundenportal.example",
    "license": "LGPL-3",
    "depends": ["kundenportal_addon", "mass_mailing"],
    "data": [
        "views/kundenportal_message_views.xml",
        "views/mailing_mailing_views.xml",
    ],
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
