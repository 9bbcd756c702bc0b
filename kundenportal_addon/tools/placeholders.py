"""What the placeholders of a text may say, before anybody evaluates them.

Odoo renders placeholders as Python. What is allowed there must not step out of the rights of who
wrote it: no superuser, no other user, none of the methods that no remote call reaches either.
"""

import re
import unicodedata

from lxml import etree, html

#: Words that lead out of the author's rights; `env` and `request` lead to all of them, and formats
#: of strings read attributes whose names stand in no expression.
FORBIDDEN = frozenset(
    ("sudo", "with_user", "with_env", "env", "request", "cr", "pool", "registry", "with_registry")
    + ("format", "format_map")
)
#: Directives that fetch other templates, which were not written to be rendered here.
FORBIDDEN_DIRECTIVES = ("t-call", "t-snippet", "t-inner", "t-lang", "t-cache", "t-debug")
INLINE = re.compile(r"\{\{(.+?)\}\}", re.DOTALL)
WORD = re.compile(r"\b[^\W\d]\w*")


def has_placeholders(subject, body):
    """Tell whether one of the texts is different for each reader.

    :param str subject: plain text with ``{{ … }}``
    :param str body: HTML with QWeb's directives
    :rtype: bool

    >>> has_placeholders("Hello", "<p>News</p>")
    False
    >>> has_placeholders("Hello {{ object.name }}", "")
    True
    >>> has_placeholders("Hello", '<p>Dear <t t-out="object.name"/></p>')
    True
    """
    return bool(INLINE.search(subject or "")) or any(True for _directive in _directives(body))


def find_forbidden(subject, body):
    """Return the first word in a placeholder that leads out of its author's rights.

    Names are compared as Python reads them, which takes "ｓudo" for "sudo".

    :param str subject: plain text with ``{{ … }}``
    :param str body: HTML with QWeb's directives
    :return: the word; an empty string if there is none
    :rtype: str

    >>> find_forbidden("{{ object.name }}", '<t t-out="object.parent_id.name or \\'-\\'"/>')
    ''
    >>> find_forbidden("{{ object.sudo().signup_token }}", "")
    'sudo'
    >>> find_forbidden("", '<t t-out="object.\\uff53udo().name"/>')
    'sudo'
    >>> find_forbidden("", '<p><b t-if="object._generate_signup_token()">x</b></p>')
    '_generate_signup_token'
    >>> find_forbidden("{{ '{0.\\\\x65nv.id}'.format(object) }}", "")
    'format'
    >>> find_forbidden("The sudo command", "<p>env and sudo</p>")
    ''
    >>> find_forbidden("", '<t t-call="web.login"/>')
    't-call'
    """
    expressions = INLINE.findall(subject or "")
    for name, value in _directives(body):
        if name.startswith(FORBIDDEN_DIRECTIVES):
            return name
        expressions.append(value)
    for expression in expressions:
        for word in WORD.findall(unicodedata.normalize("NFKC", expression)):
            if word in FORBIDDEN or word.startswith("_"):
                return word
    return ""


def without_placeholders(subject):
    """Return a subject as it reads with nothing in its placeholders.

    >>> without_placeholders("Your order {{ object.ref }}")
    'Your order'
    """
    return " ".join(INLINE.sub("", subject or "").split())


def without_pictures(body):
    """Return a text without what a browser fetches by itself: an address can carry away secrets.

    >>> without_pictures('<p style="background: url(//x/1)"><img src="//x/1" alt="Plan"></p>')
    '<div><p><img alt="Plan"></p></div>'
    """
    root = html.fragment_fromstring(str(body), create_parent="div")
    for element in root.iter(etree.Element):
        for name in ("src", "srcset", "background", "poster", "data", "style"):
            element.attrib.pop(name, None)
    return html.tostring(root, encoding="unicode")


def _directives(body):
    """Yield name and value of QWeb's attributes in a text."""
    if not body or "t-" not in body:
        return
    for element in html.fragment_fromstring(body, create_parent="div").iter(etree.Element):
        for name, value in element.attrib.items():
            if name.startswith("t-"):
                yield name, value
