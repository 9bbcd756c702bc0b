"""Passwords that people can read from paper or a screen and type."""

import secrets

#: Letters and digits that are not mistaken for each other.
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

GROUP = 4


def generate_password(min_length=0):
    """Return a random password in groups of four, at least four of them (93 bits).

    :param int min_length: what the policy asks for, in characters
    :rtype: str

    >>> password = generate_password()
    >>> len(password), password.count("-")
    (19, 3)
    >>> len(generate_password(20))
    24
    >>> generate_password() == password
    False
    """
    groups = max(4, -(-(min_length + 1) // (GROUP + 1)))
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _character in range(GROUP)) for _group in range(groups)
    )
