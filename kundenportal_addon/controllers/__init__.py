from . import (
    access,
    password,
    sign_in,
    account,
    colleagues,
    documents,
    members,
    protocol,
    registration,
    portal,
    start,
)
