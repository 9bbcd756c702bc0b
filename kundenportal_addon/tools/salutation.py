"""How letters and mails begin: "Sehr geehrte Frau Dr. Meier", "Hallo Anna", "Guten Tag".

The forms stand in a table here and not in the translations, because the language is the contact's
and not the reader's, and because a greeting is grammar rather than a word: German has "geehrte" and
"geehrter", English puts the title in the place of Ms and Mr. A language without forms gets English.

Odoo knows one name. What it consists of is found like this: honorifics and titles at the beginning
are no part of the name; "Meier, Anna" names the surname first; else the first word is the given
name and everything after it (without initials) the surname, so that "Anna Meier Schmidt" and
"Ursula von der Leyen" keep all of theirs. A second given name is best written "Meier, Anna Maria".
"""

import re
from typing import NamedTuple

#: Language → forms. ``{title}`` and ``{name}`` are joined by single blanks, whatever is empty.
FORMS = {
    "de": {
        "ms": "Sehr geehrte Frau {title} {surname}",
        "mr": "Sehr geehrter Herr {title} {surname}",
        "none": "Guten Tag {title} {name}",
        "nobody": "Guten Tag",
        "informal": "Hallo {given}",
    },
    "en": {
        "ms": "Dear Ms {surname}",
        "mr": "Dear Mr {surname}",
        "titled": "Dear {title} {surname}",
        "none": "Dear {title} {name}",
        "nobody": "Good day",
        "informal": "Hello {given}",
    },
}

HONORIFICS = {"frau", "herr", "herrn", "mr", "mr.", "mrs", "mrs.", "ms", "ms.", "mx", "mx."}
#: Titles that people type before a name; additions like "med." follow one of them.
TITLE = re.compile(
    r"(dr|ddr|prof|professor|professorin)\.?$|(pd|dipl|mag|ing)\.$|(dipl|dr|priv)\.?-\w+\.?$",
    re.IGNORECASE,
)
ADDITION = re.compile(r"(med|dent|vet|rer|nat|pol|oec|phil|jur|iur|h\.?c|habil|mult|theol|agr)\.?$")
#: Degrees that people type after a comma or a blank: "LL.M.", "MBA", "M.A.".
DEGREE = re.compile(r"(([A-Z][A-Za-z]{0,3}\.)+([A-Z]\.?)?|MBA|MSc|BSc|MA|BA|PhD|Ph\.D\.)$")
PARTICLES = set("von vom zu zum zur van de der den di da del della le la ter ten af av".split())


class Name(NamedTuple):
    title: str
    given: str
    surname: str

    @property
    def full(self):
        same = self.given == self.surname
        return self.surname if same else f"{self.given} {self.surname}".strip()


def parse_name(text):
    """Take a name apart, as the module's docstring says.

    :param str text: what Odoo calls the name
    :rtype: Name

    >>> parse_name("Anna Meier")
    Name(title='', given='Anna', surname='Meier')
    >>> parse_name(" Dr. med. Petra  Hansen ")
    Name(title='Dr. med.', given='Petra', surname='Hansen')
    >>> parse_name("Prof.Dr.-Ing. Ursula von der Leyen")
    Name(title='Prof. Dr.-Ing.', given='Ursula', surname='von der Leyen')
    >>> parse_name("Meier-Schmidt, Anna Maria")
    Name(title='', given='Anna', surname='Meier-Schmidt')
    >>> parse_name("Hansen, Dr. Petra").title
    'Dr.'
    >>> parse_name("Anna Meier, LL.M."), parse_name("Frau Anna B. Meier MBA")
    (Name(title='', given='Anna', surname='Meier'), Name(title='', given='Anna', surname='Meier'))

    One word is both; after an honorific, a title or by its particle it is the surname:

    >>> parse_name("Anna")
    Name(title='', given='Anna', surname='Anna')
    >>> parse_name("Herr Meier"), parse_name("de Vries"), parse_name("Dr. Meier").given
    (Name(title='', given='', surname='Meier'), Name(title='', given='', surname='de Vries'), '')
    >>> parse_name("Dr. "), parse_name(None), parse_name(",")
    (Name(title='Dr.', given='', surname=''), Name(title='', given='', surname=''), \
Name(title='', given='', surname=''))
    """
    text = re.sub(r"\b(Prof|Dr)\.(?=[^\s-])", r"\1. ", text or "")
    before, _comma, after = text.partition(",")
    before, after = before.split(), after.replace(",", " ").split()
    if after and not all(DEGREE.match(word) for word in after):
        titles, given, polite = _split_titles(after)
        more_titles, surname, more_polite = _split_titles(before)
        given = given[:1]
        titles, polite = more_titles + titles, polite or more_polite
    else:
        titles, words, polite = _split_titles(before)
        while len(words) > 1 and DEGREE.match(words[-1]):
            words.pop()
        polite = polite or bool(titles)
        is_surname = bool(words) and (words[0] in PARTICLES or (polite and len(words) == 1))
        given, surname = ([], words) if is_surname else (words[:1], words[1:])
        # An initial is no surname, unless there is nothing else.
        surname = [word for word in surname if not re.fullmatch(r"\w\.", word)] or given
    return Name(" ".join(titles), " ".join(given), " ".join(surname))


def shorten_title(text):
    """Return of a title what is spoken: faculties and "-Ing." are left to the address.

    >>> titles = ("Dr. med.", "Prof. Dr.-Ing.", "dr", "Dipl.-Ing.", "Dr. h.c.", "")
    >>> [shorten_title(title) for title in titles]
    ['Dr.', 'Prof. Dr.', 'Dr.', 'Dipl.-Ing.', 'Dr.', '']
    """
    words = [re.sub(r"^(Dr)\.?-\w+\.?$", "Dr.", word) for word in (text or "").split()]
    dotted = {"dr": "Dr.", "dr.": "Dr.", "prof": "Prof.", "prof.": "Prof."}
    words = [dotted.get(word.lower(), word) for word in words]
    return " ".join(word for word in words if not ADDITION.match(word.lower()))


def salutation(name, lang="", *, gender="none", title="", informal=False, is_company=False):
    """Return how a letter to somebody begins, without the comma behind it.

    :param str name: name as Odoo has it
    :param str lang: language of the contact, such as ``de_DE``
    :param str gender: ``ms``, ``mr`` or ``none`` (or not known)
    :param str title: academic title; beats the one typed into the name
    :param bool informal: by given name ("Du")
    :param bool is_company: whether it is no person
    :rtype: str

    >>> salutation("Petra Meier", "de_DE", gender="ms", title="Dr.")
    'Sehr geehrte Frau Dr. Meier'
    >>> salutation("Dr. Petra Hansen", "de_CH", gender="ms", title="Dr. med.")
    'Sehr geehrte Frau Dr. Hansen'
    >>> [salutation(name, "de", gender="mr") for name in ("Jan Meier", "Otto Graf Lambsdorff")]
    ['Sehr geehrter Herr Meier', 'Sehr geehrter Herr Graf Lambsdorff']
    >>> salutation("Ursula von der Leyen", "de_DE", gender="ms")
    'Sehr geehrte Frau von der Leyen'
    >>> salutation("Meier-Schmidt, Anna", "de_AT", gender="ms", title="Mag.")
    'Sehr geehrte Frau Mag. Meier-Schmidt'
    >>> salutation("Meier, Anna", "de_DE"), salutation("Dr. Petra Hansen", "de_DE")
    ('Guten Tag Anna Meier', 'Guten Tag Dr. Petra Hansen')
    >>> salutation("Dr. Anna Meier", "de_DE", gender="ms", informal=True)
    'Hallo Anna'
    >>> salutation("Nordwind GmbH", "de_DE", is_company=True), salutation("", "de_DE")
    ('Guten Tag', 'Guten Tag')

    Whose given name is not known is not called by the surname alone:

    >>> salutation("Herr Meier", "de_DE", informal=True), salutation("Anna", "de_DE", informal=True)
    ('Guten Tag', 'Hallo Anna')
    >>> salutation("Meier", "de_DE", gender="mr"), salutation("Frau Meier", "de_DE", gender="ms")
    ('Sehr geehrter Herr Meier', 'Sehr geehrte Frau Meier')

    Other languages get English, whose titles stand in the place of Ms and Mr:

    >>> salutation("Anna Meier", "en", gender="ms"), salutation("Anna Meier", "fr", informal=True)
    ('Dear Ms Meier', 'Hello Anna')
    >>> salutation("Petra Hansen", "en_GB", gender="ms", title="Dr.")
    'Dear Dr. Hansen'
    >>> salutation("Acme", "en_GB", is_company=True)
    'Good day'
    >>> salutation("Anna Meier", "en_US"), salutation("Jan Meier", gender="mr", title="Dipl.-Ing.")
    ('Dear Anna Meier', 'Dear Mr Meier')
    """
    forms = FORMS.get((lang or "")[:2].lower(), FORMS["en"])
    parsed = parse_name(name)
    spoken = shorten_title(title or parsed.title)
    if is_company or not parsed.surname:
        form = "nobody"
    elif informal:
        form = "informal" if parsed.given else "nobody"
    elif gender in ("ms", "mr"):
        is_titled = "titled" in forms and re.match(r"(Prof|Dr|DDr)", spoken)
        form = "titled" if is_titled else gender
    else:
        form = "none"
    text = forms[form].format(
        title=spoken, given=parsed.given, surname=parsed.surname, name=parsed.full
    )
    return " ".join(text.split())


def _split_titles(words):
    """Return the titles at the beginning, the rest, and whether an honorific stood there."""
    titles, polite = [], False
    rest = list(words)
    while rest:
        if rest[0].lower() in HONORIFICS and len(rest) > 1:
            polite = True
        elif TITLE.match(rest[0]) or (titles and ADDITION.match(rest[0])):
            titles.append(rest[0])
        else:
            break
        rest.pop(0)
    return titles, rest, polite
