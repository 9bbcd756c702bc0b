from . import kundenportal_level_assistant, portal_wizard
