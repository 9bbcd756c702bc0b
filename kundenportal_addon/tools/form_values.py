"""Forms without a database: what was typed into fields, and which of the answers count.

Answers are texts (kinds ``text`` and ``long``), numbers, dates, the key of what was chosen
(``choice``), tuples of such keys (``several``), booleans (``tick``), and lists of files.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

#: How many characters an answer takes.
LENGTHS = {"text": 500, "long": 10000}
#: More digits a computer's number does not keep.
DIGITS = 15
YEARS = range(1900, 2200)

_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_PLAIN = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)


class BadAnswer(ValueError):
    """Something typed is no answer of the field's kind; the text says which it should be."""


class Field(NamedTuple):
    """A field of a form.

    :param key: what names the field
    :param str kind: ``text``, ``long``, ``number``, ``date``, ``choice``, ``several``, ``tick`` or
        ``file``
    :param bool is_required: whether it has to be answered, if it is visible
    :param choices: keys of what can be chosen
    :param visible_key: the field that it depends on; None: it is always visible
    :param visible_choices: it is visible if one of these is chosen there; empty: if there is an
        answer at all
    """

    key: object
    kind: str = "text"
    is_required: bool = False
    choices: frozenset = frozenset()
    visible_key: object = None
    visible_choices: frozenset = frozenset()


def parse(kind, text, *, point=".", separator=",", patterns=()):
    """Read what was typed into a field for one line of text.

    :param str kind: ``text``, ``long``, ``number`` or ``date``
    :param str text: without what surrounds it
    :param str point: what stands before the decimals in the reader's language
    :param str separator: what stands between thousands there
    :param patterns: how dates are written there, as in `datetime.strptime`
    :return: the answer; None for a number or date that was left out
    :raise BadAnswer: saying ``length``, ``number`` or ``date``

    >>> parse("text", "Toner"), parse("number", ""), parse("date", "2026-02-28")
    ('Toner', None, datetime.date(2026, 2, 28))
    >>> parse("text", "x" * 501)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    BadAnswer: length
    """
    if kind == "number":
        return parse_number(text, point, separator) if text else None
    if kind == "date":
        return parse_date(text, patterns) if text else None
    if len(text) > LENGTHS[kind]:
        raise BadAnswer("length")
    return text


def parse_number(text, point=".", separator=","):
    """Read a number as it is written in a language.

    What can only be meant in one way is taken, whatever the language.

    :param str point: what stands before the decimals
    :param str separator: what stands between thousands; may be empty
    :rtype: float
    :raise BadAnswer: saying ``number``

    >>> parse_number("1.234,5", ",", "."), parse_number("1,234.5"), parse_number("-12 000")
    (1234.5, 1234.5, -12000.0)
    >>> parse_number("1.234", ",", "."), parse_number("12.5", ",", "."), parse_number("0,5")
    (1234.0, 12.5, 0.5)
    >>> def is_number(text):
    ...     try:
    ...         return bool(parse_number(text))
    ...     except BadAnswer:
    ...         return False
    >>> [text for text in ("ten", "1e9", "nan", "1.2.3", "12,34,567", "9" * 16) if is_number(text)]
    []
    """
    text = _SPACES.sub("", text)
    point, separator = re.escape(point), re.escape(_SPACES.sub("", separator))
    if separator and re.fullmatch(
        rf"[+-]?\d{{1,3}}({separator}\d{{3}})+({point}\d+)?", text, re.ASCII
    ):
        text = re.sub(separator, "", text)
    if not _PLAIN.fullmatch(text) or sum(map(str.isdigit, text)) > DIGITS:
        raise BadAnswer("number")
    return float(text.replace(",", "."))


def show_number(number, point="."):
    """Return a number as somebody would type it who reads a language.

    :param str point: what stands before the decimals
    :rtype: str

    >>> show_number(1234.5, ","), show_number(3.0), show_number(1e14), show_number(0.00001)
    ('1234,5', '3', '100000000000000', '0.00001')
    """
    text = format(Decimal(repr(float(number))), "f")
    whole, _point, decimals = text.partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}{point}{decimals}" if decimals else whole


def parse_date(text, patterns=()):
    """Read a date: as browsers send it, or as it is written in a language.

    :param patterns: as in `datetime.strptime`
    :rtype: datetime.date
    :raise BadAnswer: saying ``date``

    >>> parse_date("2026-12-24"), parse_date("24.12.2026", ["%d.%m.%Y"])
    (datetime.date(2026, 12, 24), datetime.date(2026, 12, 24))
    >>> parse_date("2026-02-30")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    BadAnswer: date
    >>> parse_date("0001-01-01")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    BadAnswer: date
    """
    for pattern in ("%Y-%m-%d", *patterns):
        try:
            found = datetime.strptime(text, pattern).date()
        except ValueError:
            continue
        if found.year in YEARS:
            return found
    raise BadAnswer("date")


def is_answered(answer):
    """Tell whether something was answered; 0 is an answer, a box without a tick is none.

    >>> [is_answered(answer) for answer in ("", None, (), [], False)]
    [False, False, False, False, False]
    >>> [is_answered(answer) for answer in ("x", 0.0, ("1",), ["a file"], True)]
    [True, True, True, True, True]
    """
    return answer is not None and answer is not False and answer not in ("", (), [])


def find_visible(fields, answers):
    """Return which fields are visible: what a hidden field says makes nothing visible.

    :param fields: of the form, in any order; each a `Field`
    :param dict answers: by the key of the field
    :return: keys
    :rtype: set

    >>> form = [
    ...     Field(1, "choice", choices={"a", "b"}),
    ...     Field(2, "tick", visible_key=1, visible_choices={"b"}),
    ...     Field(3, visible_key=2),
    ... ]
    >>> find_visible(form, {1: "b", 2: True})
    {1, 2, 3}
    >>> find_visible(form, {1: "a", 2: True})
    {1}
    >>> find_visible([Field(1, visible_key=2), Field(2, visible_key=1)], {1: "x", 2: "x"})
    set()
    >>> find_visible([Field(1, visible_key=2), Field(3)], {2: "x"})
    {3}
    >>> chain = [Field(n, visible_key=n + 1 if n < 2000 else None) for n in range(2001)]
    >>> len(find_visible(chain, dict.fromkeys(range(2001), "x")))
    2001
    """
    by_key = {field.key: field for field in fields}
    visible = {}
    for field in fields:
        chain = []
        while field and field.key not in visible:
            visible[field.key] = False  # until what it depends on is known; a circle stays so
            chain.append(field)
            field = by_key.get(field.visible_key)
        for one in reversed(chain):
            visible[one.key] = one.visible_key is None or (
                visible.get(one.visible_key, False) and _is_so(one, answers.get(one.visible_key))
            )
    return {key for key, is_visible in visible.items() if is_visible}


def _is_so(field, answer):
    """Tell whether the answer that a field depends on is one that makes it visible."""
    if not field.visible_choices:
        return is_answered(answer)
    chosen = answer if isinstance(answer, tuple) else (answer,)
    return not field.visible_choices.isdisjoint(chosen)


def check(fields, answers, errors, *, is_final=True):
    """Keep what counts: no answers of hidden fields; and ask for what is missing.

    :param fields: of the form; each a `Field`
    :param dict answers: by the key of the field
    :param dict errors: codes of what was typed wrong, by the key of the field
    :param bool is_final: whether everything that is required has to be there
    :return: the answers of the visible fields that have one, and the codes of what is wrong there:
        ``missing``, ``choice``, or those that were given
    :rtype: tuple[dict, dict]

    >>> form = [
    ...     Field("printer", "tick"),
    ...     Field("serial number", is_required=True, visible_key="printer"),
    ... ]
    >>> check(form, {"printer": True, "serial number": ""}, {})
    ({'printer': True}, {'serial number': 'missing'})
    >>> check(form, {"printer": False, "serial number": "4711"}, {"serial number": "length"})
    ({}, {})
    >>> check(form, {"printer": True}, {}, is_final=False)
    ({'printer': True}, {})
    >>> check([Field("colour", "choice", choices={"red"})], {"colour": "<b>"}, {})
    ({}, {'colour': 'choice'})
    """
    answers, errors = dict(answers), dict(errors)
    for field in fields:
        answer = answers.get(field.key)
        if field.kind in ("choice", "several") and is_answered(answer):
            chosen = answer if isinstance(answer, tuple) else (answer,)
            if not field.choices.issuperset(chosen):
                errors[field.key] = "choice"
                del answers[field.key]
    visible = find_visible(fields, answers)
    kept = {
        field.key: answers[field.key]
        for field in fields
        if field.key in visible and is_answered(answers.get(field.key))
    }
    wrong = {key: code for key, code in errors.items() if key in visible}
    if is_final:
        for field in fields:
            if field.key in visible and field.is_required and field.key not in kept:
                wrong.setdefault(field.key, "missing")
    return kept, wrong
