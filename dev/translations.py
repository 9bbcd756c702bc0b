"""`make translations`: what there is to translate, as Odoo exports it, into each addon's i18n/.

The template (.pot) is written anew. Every translation (.po) keeps what it has, in the order of the
template; terms that are gone go, new ones are added empty and listed. Terms of demo records are in
German already and stand for themselves.
"""

import re
import sys
from pathlib import Path

from . import cluster, databases, testrun
from .console import run, say
from .paths import ADDONS, CHECKOUT


def main(environment):
    """Export from a fresh database: an upgraded one keeps the old texts of noupdate records."""
    # Messages come from polib, which only Odoo's Python has.
    merge = [environment.python, "-m", "dev.translations"]
    with testrun.test_database(environment, "plain", "") as (_database, config):
        for addon in ADDONS:
            folder = CHECKOUT / addon / "i18n"
            folder.mkdir(exist_ok=True)
            template = folder / f"{addon}.pot"
            export = ["i18n", "export", "-c", config, "-l", "pot", "-o", template, addon]
            databases.odoo(environment, config, *export, what=f"Exporting the terms of {addon}")
            output = run(
                [*merge, template, CHECKOUT / addon / "demo", *sorted(folder.glob("*.po"))],
                what=f"Updating the translations of {addon}",
                env=cluster.variables(),
                cwd=CHECKOUT,
            )
            for line in output.splitlines():
                say(line)


def update(template_path, demo_folder, translation_paths):
    """Bring the translations of one addon up to date with its template, and print what is missing.

    :param str template_path: the exported .pot, whose dates are removed: they would change always
    :param str demo_folder: where the XML files of the demo data lie
    :param list translation_paths: the .po files
    """
    import polib  # noqa: PLC0415 (not in the Python that make calls)

    template = polib.pofile(template_path)
    for key in ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team"):
        template.metadata.pop(key, None)
    template.save()
    is_demo = _demo_matcher(demo_folder)
    for path in translation_paths:
        translation = polib.pofile(path)
        known = {entry.msgid: entry.msgstr for entry in translation if not entry.obsolete}
        translation.clear()
        for entry in template:
            entry.msgstr = known.get(entry.msgid, "")
            if not entry.msgstr and all(is_demo(place) for place, _line in entry.occurrences):
                entry.msgstr = entry.msgid
            translation.append(entry)
        translation.save()
        missing = [entry.msgid for entry in translation if not entry.msgstr]
        print(f"{Path(path).name}: {len(translation)} terms, {len(missing)} to translate")
        for term in missing:
            print(f"  {term}")


def _demo_matcher(folder):
    """Return a function that tells whether a place in a .pot is a record of the demo data."""
    ids = [
        xmlid
        for path in Path(folder).glob("*.xml")
        for xmlid in re.findall(r'<record id="([^".]+)"', path.read_text(encoding="utf-8"))
    ]
    # A product made by a demo file has its template's id derived from its own.
    pattern = re.compile(rf"model\S*\.({'|'.join(ids)})(_product_template)?")
    return lambda place: bool(ids and pattern.fullmatch(place))


if __name__ == "__main__":
    update(sys.argv[1], sys.argv[2], sys.argv[3:])
