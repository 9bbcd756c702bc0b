# The mixin comes first: others inherit from it.
from . import kundenportal_owned_mixin  # isort: skip
from . import (
    account_move,
    base_partner_merge,
    ir_http,
    ir_http_sign_in,
    kundenportal_function,
    kundenportal_protocol,
    kundenportal_protocol_beacon,
    kundenportal_protocol_kind,
    kundenportal_protocol_review,
    kundenportal_throttle,
    res_company,
    res_partner,
    res_partner_admission,
    res_partner_category,
    res_partner_grant,
    res_partner_protocol,
    res_users,
    res_users_invitation,
    res_users_sign_in,
    sale_order,
)
