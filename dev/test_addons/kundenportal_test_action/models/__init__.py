from . import kundenportal_action_praise
