"""The states of a case, and which one may follow which."""

#: State → what staff and customers read where nothing else is said.
STATES = [
    ("new", "New"),
    ("planned", "Planned"),
    ("in_progress", "In progress"),
    ("waiting", "Waiting for the customer"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]

#: States in which something is still to be done.
RUNNING = ("new", "planned", "in_progress", "waiting")

#: What staff may do: everything while a case runs, and take up again what was closed.
STAFF_STEPS = {
    "new": {"planned", "in_progress", "waiting", "done", "cancelled"},
    "planned": {"new", "in_progress", "waiting", "done", "cancelled"},
    "in_progress": {"new", "planned", "waiting", "done", "cancelled"},
    "waiting": {"new", "planned", "in_progress", "done", "cancelled"},
    "done": {"in_progress", "planned", "waiting"},
    "cancelled": {"new", "in_progress", "planned"},
}

#: What customers may cause: answer or do what was asked of them, say that it is solved, withdraw,
#: take up again what is solved. That somebody waits for them is the staff's to say.
CUSTOMER_STEPS = {
    "new": {"planned", "in_progress", "done", "cancelled"},
    "planned": {"in_progress", "done", "cancelled"},
    "in_progress": {"planned", "done", "cancelled"},
    "waiting": {"planned", "in_progress", "done", "cancelled"},
    "done": {"in_progress"},
    "cancelled": set(),
}


def may_follow(state, successor, *, by_customer=False):
    """Tell whether a case may go from one state to another.

    :param str state: in which the case is
    :param str successor: in which it is to be; a state never follows itself
    :param bool by_customer: whether a customer causes it, not the staff
    :rtype: bool

    >>> may_follow("new", "waiting"), may_follow("new", "waiting", by_customer=True)
    (True, False)
    >>> may_follow("done", "in_progress", by_customer=True)
    True
    >>> may_follow("cancelled", "in_progress", by_customer=True)
    False
    >>> may_follow("waiting", "waiting"), may_follow("new", "lost")
    (False, False)
    """
    steps = CUSTOMER_STEPS if by_customer else STAFF_STEPS
    return successor in steps.get(state, ())
