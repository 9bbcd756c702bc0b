"""What tells that an applicant and a customer we know are the same; nothing here knows Odoo."""

import re
import unicodedata

#: What follows the name of a company and does not distinguish it; compared after `_simplify`.
LEGAL_FORMS = frozenset(
    """
    ag aktiengesellschaft bv bvba co company corp corporation eg ek ev eu eurl gbr ggmbh gesmbh
    gmbh inc incorporated kft kg kgaa limited llc llp lp ltd mbb mbh nv oe og ohg oy partg plc sa
    sarl sas se spa srl ug haftungsbeschraenkt und
    """.split()
)

#: Domains whose addresses anybody can have: sharing one says nothing about the company.
FREE_MAIL_DOMAINS = frozenset(
    """
    126.com 163.com 1und1.de abv.bg aim.com alice-dsl.de alice-dsl.net alice.it aol.com aol.de
    arcor.de att.net bigpond.com bluewin.ch bluemail.ch btinternet.com chello.at cock.li
    comcast.net cox.net disroot.org duck.com email.de emailn.de eclipso.de fastmail.com
    fastmail.fm foxmail.com free.fr freenet.de freenetmail.de gmail.com gmx.at gmx.biz gmx.ch
    gmx.com gmx.de gmx.eu gmx.info gmx.net gmx.org googlemail.com hey.com hispeed.ch hotmail.at
    hotmail.ch hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it htp-tel.de
    icloud.com inbox.ru kabelmail.de kabelbw.de keemail.me laposte.net libero.it list.ru live.at
    live.co.uk live.com live.de live.fr live.nl lycos.com magenta.de mac.com mail.com mail.de
    mail.ru mailbox.org mailfence.com me.com mein.gmx msn.com naver.com netcologne.de o2.pl
    o2mail.de o2online.de onet.pl online.de online.no orange.fr osnanet.de outlook.at outlook.com
    outlook.de outlook.es outlook.fr outlook.it pm.me posteo.at posteo.ch posteo.de posteo.eu
    posteo.net proton.me protonmail.ch protonmail.com qq.com riseup.net rocketmail.com
    runbox.com sbcglobal.net seznam.cz sfr.fr skynet.be sunrise.ch t-online.de telenet.be
    tiscali.it tuta.com tuta.io tutamail.com tutanota.com tutanota.de unity-mail.de
    unitybox.de verizon.net versanet.de virgilio.it vodafone.de vodafonemail.de wanadoo.fr web.de
    wp.pl yahoo.at yahoo.ca yahoo.co.in yahoo.co.uk yahoo.com yahoo.de yahoo.es yahoo.fr yahoo.it
    yandex.com yandex.ru ymail.com zoho.com zohomail.eu
    """.split()
)

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def company_key(name):
    """Return what is left of a company's name without case, accents, punctuation and legal form.

    :param str name: as somebody wrote it, or a false value
    :return: words in lower case; an empty string for nothing
    :rtype: str

    >>> company_key("Nordwind Logistik GmbH"), company_key(" NORDWIND-logistik gmbh & Co. KG ")
    ('nordwind logistik', 'nordwind logistik')
    >>> company_key("Müller Söhne e.K."), company_key("Mueller Soehne"), company_key("Café Rösler")
    ('mueller soehne', 'mueller soehne', 'cafe roesler')
    >>> company_key("AG Transport AG"), company_key("Huber UG (haftungsbeschränkt)")
    ('ag transport', 'huber')
    >>> company_key("GmbH & Co. KG"), company_key(None), company_key("…")
    ('gmbh co kg', '', '')
    """
    # e.K., G.m.b.H. and S.p.A. are one word each.
    text = re.sub(r"\b((?:\w{1,2}\.\s?)+\w)\b\.?", _join_initials, _simplify(name))
    words = re.findall(r"[^\W_]+", text)
    kept = list(words)
    while kept and kept[-1] in LEGAL_FORMS:
        kept.pop()
    return " ".join(kept or words)


def company_keys(name):
    """Return the keys under which a company may be known: its own, and shorter ones of two words.

    :param str name: as somebody wrote it, or a false value
    :rtype: list[str]

    >>> company_keys("Nordwind Logistik Bremen GmbH")
    ['nordwind logistik bremen', 'nordwind logistik']
    >>> company_keys("Nordwind"), company_keys("")
    (['nordwind'], [])
    """
    words = company_key(name).split()
    return [
        " ".join(words[:count]) for count in range(len(words), min(len(words), 2) - 1, -1) if count
    ]


def company_domain(email):
    """Return the domain of an address if it tells the company, None for that of a mail provider.

    :param str email: a normalized address, or a false value
    :rtype: str | None

    >>> company_domain("anna@nordwind.example"), company_domain("Anna@T-Online.de")
    ('nordwind.example', None)
    >>> company_domain("anna@mail.gmx.net"), company_domain(None), company_domain("anna")
    (None, None, None)
    """
    domain = (email or "").rpartition("@")[2].strip().lower()
    if "@" not in (email or "") or not domain:
        return None
    parts = domain.split(".")
    parents = {".".join(parts[start:]) for start in range(len(parts))}
    return None if parents & FREE_MAIL_DOMAINS else domain


def vat_key(vat):
    """Return a VAT number without blanks and punctuation.

    :param str vat: as somebody wrote it, or a false value
    :rtype: str

    >>> vat_key("de 123 456-789"), vat_key(None)
    ('DE123456789', '')
    """
    return re.sub(r"[^0-9A-Z]", "", (vat or "").upper())


def _simplify(text):
    """Return the text in lower case, German letters spelled out, without other accents."""
    text = unicodedata.normalize("NFC", text or "").casefold().translate(_GERMAN)
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _join_initials(match):
    return re.sub(r"[.\s]", "", match.group(1))
