"""Selection lists and names that several models share."""

#: Access levels a contact can be given, with the one-line hint that always goes with them.
PORTAL_LEVELS = [
    ("user", "User"),
    ("main_user", "Main user"),
]

#: What ``res.partner.portal_access`` can say.
PORTAL_ACCESS = [("none", "No access"), *PORTAL_LEVELS]

#: Group that stands for each level; the main user's implies the user's.
LEVEL_GROUPS = {
    "user": "kundenportal_addon.group_portal_user",
    "main_user": "kundenportal_addon.group_portal_main_user",
}

#: Codes of the functions that the product knows; each has a group ``group_function_<code>``.
FUNCTION_CODES = (
    "activities",
    "messages",
    "announcements",
    "shop",
    "printers",
    "documents",
    "master_data",
    "colleagues",
)

#: Where customers order: standard articles, and supplies for their own printers.
SHOP_CHANNELS = [
    ("shop", "Online shop"),
    ("printers", "Printer shop"),
]

#: What a customer's own setting of prices can say; nothing: as our company's settings say.
PRICE_MODES = [
    ("shown", "Shown"),
    ("hidden", "Hidden: quote requests"),
]

#: What a customer's users may order by themselves; main users order freely.
ORDER_LIMIT_MODES = [
    ("free", "Order freely"),
    ("amount", "Up to an amount"),
    ("release", "Only with a main user's release"),
]
