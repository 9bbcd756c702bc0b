{
    "name": "Kundenportal: a further portal action (test)",
    "summary": "Shows that a kind of action is a selection_add and one file",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Kundenportal maintainers",
    "website": "https://kundenportal.example",
    "license": "LGPL-3",
    "depends": ["kundenportal_addon"],
    "data": ["views/praise_templates.xml"],
}
