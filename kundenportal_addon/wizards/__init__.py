from . import (
    kundenportal_access_decline,
    kundenportal_access_letter,
    kundenportal_access_mail,
    kundenportal_data_change_reject,
    kundenportal_level_assistant,
    kundenportal_password,
    kundenportal_protocol_review,
    kundenportal_registration_approve,
    kundenportal_registration_decline,
    portal_wizard,
    portal_wizard_login,
)
