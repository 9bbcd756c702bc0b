"""What happens when the module goes."""


def uninstall_hook(env):
    """Delete the messages that mailings became: their texts go with the module's columns."""
    env["kundenportal.message"].search([("mailing_id", "!=", False)]).unlink()
