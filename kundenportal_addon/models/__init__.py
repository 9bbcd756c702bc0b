from . import (
    kundenportal_function,
    res_company,
    res_partner_category,
    res_users,
)
