# The mixin comes first: others inherit from it.
from . import kundenportal_owned_mixin  # isort: skip
from . import (
    account_move,
    base_partner_merge,
    ir_http,
    kundenportal_function,
    kundenportal_throttle,
    res_company,
    res_partner,
    res_partner_admission,
    res_partner_category,
    res_partner_grant,
    res_users,
    res_users_invitation,
    sale_order,
)
