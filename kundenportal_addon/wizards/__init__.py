from . import (
    kundenportal_level_assistant,
    kundenportal_protocol_review,
    portal_wizard,
    portal_wizard_login,
)
