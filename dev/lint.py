"""`make check` and `make format`: ruff, pylint with OCA's rules and with Odoo's own, XML, docs."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

from . import handbook
from .console import Failure, say
from .paths import ADDONS, CHECKOUT

# What Odoo's `test_lint` asks pylint for, in its test_pylint.py.
ODOO_CHECKS = [
    "used-before-assignment",
    "undefined-variable",
    "eval-used",
    "unreachable",
    "function-redefined",
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
]
ODOO_PLUGINS = [
    "_pylint_path_setup",
    "pylint.extensions.bad_builtin",
    "_odoo_checker_sql_injection",
    "_odoo_checker_gettext",
    "_odoo_checker_unlink_override",
]


def check(environment):
    """Run everything, then say what failed, so that one call shows all findings."""
    code = [name for name in [*ADDONS, "dev", "bench"] if (CHECKOUT / name).is_dir()]
    steps = {
        "ruff": lambda: _tool(environment, "ruff", "check", *code),
        "ruff format (`make format` repairs it)": lambda: _tool(
            environment, "ruff", "format", "--check", "--output-format=concise", *code
        ),
        "pylint with OCA's rules": lambda: _tool(
            environment, "pylint", "--rcfile=.pylintrc", *ADDONS
        ),
        "pylint with Odoo's own checkers": lambda: _odoo_pylint(environment),
        "XML": _xml,
        "links and pictures of docs/": _docs,
    }
    failed = []
    # The two pylints take nearly all of the time: each has a core.
    with ThreadPoolExecutor(2) as pool:
        runs = {name: pool.submit(step) for name, step in steps.items()}
        for name, run in runs.items():
            say(f"{name} …")
            is_clean, text = run.result()
            print(text, end="", flush=True)
            if not is_clean:
                failed.append(name)
    if failed:
        raise Failure(f"make check: findings by {', '.join(failed)}; see above.")
    say("make check: nothing to complain about.")


def reformat(environment):
    code = [name for name in [*ADDONS, "dev", "bench"] if (CHECKOUT / name).is_dir()]
    for arguments in (("check", "--fix", "--quiet"), ("format",)):
        _is_clean, text = _tool(environment, "ruff", *arguments, *code)
        print(text, end="")


def _tool(environment, name, *arguments, **variables):
    """Run a linter.

    :return: whether it found nothing, and what it said
    :rtype: tuple[bool, str]
    """
    command = [str(environment.script(name)), *arguments]
    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout


def _odoo_pylint(environment):
    probe = (
        "import odoo.addons.base, pathlib; print(pathlib.Path(odoo.addons.base.__path__[0]).parent)"
    )
    addons = Path(subprocess.check_output([environment.python, "-c", probe], text=True).strip())
    checkers = addons / "test_lint/tests"
    if not checkers.is_dir():
        return True, "  left out: this Odoo comes without the addon test_lint\n"
    return _tool(
        environment,
        "pylint",
        f"--rcfile={os.devnull}",
        "--disable=all,useless-option-value",
        f"--enable={','.join(ODOO_CHECKS)}",
        f"--load-plugins={','.join(ODOO_PLUGINS)}",
        "--bad-functions=input",
        "--reports=n",
        "--score=n",
        "--msg-template={path}:{line}: [{symbol}] {msg}",
        *ADDONS,
        PYTHONPATH=str(checkers),
        ADDONS_PATH=str(CHECKOUT),
    )


def _docs():
    findings = handbook.findings()
    return not findings, "".join(f"{finding}\n" for finding in findings)


def _xml():
    """Well-formed, no tabs, no blanks at line ends, a newline at the end."""
    findings = []
    for path in sorted(path for addon in ADDONS for path in (CHECKOUT / addon).rglob("*.xml")):
        name, text = path.relative_to(CHECKOUT), path.read_text(encoding="utf-8")
        try:
            ElementTree.fromstring(text.encode())
        except ElementTree.ParseError as error:
            findings.append(f"{name}: {error}")
        if not text.endswith("\n"):
            findings.append(f"{name}: no newline at the end")
        for number, line in enumerate(text.split("\n"), 1):
            if "\t" in line or line != line.rstrip():
                findings.append(f"{name}:{number}: a tab, or blanks at the end of the line")
    return not findings, "".join(f"{finding}\n" for finding in findings)
