import io
import re
from pathlib import Path

import polib

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

#: Words that have an own place in our vocabulary (DESIGN.md), or are typed without umlauts.
FORBIDDEN = (
    r"\bPosteingang",
    r"\bAusrüstung",
    r"\b[Ff]uer\b",
    r"\b[Uu]eber",
    r"\b[Kk]oenn",
    r"\b[Mm]oech",
    r"\b[Gg]ruess",
    r"\b[Gg]eraet",
    r"\b[Pp]ruef",
    r"\b[Aa]ender",
    r"\b[Ll]oesch",
)
PLACEHOLDERS = re.compile(r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[sdifr%]|\{\{.*?\}\}|#\{.*?\}")
TAGS = re.compile(r"</?(\w+)")


@tagged("post_install", "-at_install")
class TestGerman(TransactionCase):
    """i18n/de.po has every term that Odoo would export today, and nothing half-done."""

    addon = "kundenportal_addon"
    #: Fewer mean that the export does not work.
    least_terms = 100

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = Path(Manifest.for_addon(cls.addon).path) / "i18n" / "de.po"
        cls.entries = polib.pofile(str(path)) if path.exists() else []
        cls.translated = {
            entry.msgid: entry.msgstr
            for entry in cls.entries
            if entry.msgstr.strip() and "fuzzy" not in entry.flags and not entry.obsolete
        }

    def exported(self):
        """Return the terms of the addon as Odoo exports them, each with where it occurs."""
        buffer = io.BytesIO()
        self.assertTrue(trans_export(None, [self.addon], buffer, "po", self.env))
        export = polib.pofile(buffer.getvalue().decode())
        return {entry.msgid: entry.occurrences[:1] for entry in export if entry.msgid}

    def test_there_is_a_translation(self):
        self.assertTrue(self.entries, "i18n/de.po is missing or empty")

    def test_complete(self):
        exported = self.exported()
        self.assertGreater(len(exported), self.least_terms)
        missing = [
            f"{term!r} ({places})"
            for term, places in exported.items()
            if term not in self.translated
        ]
        self.assertFalse(
            missing, f"{len(missing)} terms without German:\n" + "\n".join(missing[:40])
        )

    def test_no_leftovers(self):
        exported = self.exported()
        gone = [entry.msgid for entry in self.entries if entry.msgid not in exported]
        self.assertFalse(gone, f"{len(gone)} terms are in de.po that the addon no longer has")

    def test_nothing_fuzzy_or_empty(self):
        bad = [
            entry.msgid
            for entry in self.entries
            if "fuzzy" in entry.flags or entry.obsolete or not entry.msgstr.strip()
        ]
        self.assertFalse(bad)

    def test_placeholders_and_tags_survive(self):
        for pattern in (PLACEHOLDERS, TAGS):
            bad = [
                source
                for source, german in self.translated.items()
                if sorted(pattern.findall(source)) != sorted(pattern.findall(german))
            ]
            self.assertFalse(bad, "the translation has other placeholders or tags")

    def test_our_words(self):
        for source, german in self.translated.items():
            for word in FORBIDDEN:
                with self.subTest(source=source, word=word):
                    self.assertNotRegex(german, word)
