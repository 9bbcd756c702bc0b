"""The commands behind the Makefile (`python3 -m dev COMMAND`), and what each of them needs."""

import argparse
import shlex
import shutil
import sys

from . import (
    benchrun,
    cluster,
    console,
    environment,
    lint,
    paths,
    pictures,
    server,
    system,
    testrun,
    translations,
)


def main():
    options = _parse()
    with console.explained():
        paths.prepare()
        sys.exit(options.command(options))


def run(options):
    server.check_port(options.port)
    server.serve(_prepare(), options.port)


def test(options):
    return testrun.main(
        _prepare(browser=True),
        shlex.split(options.tests),
        shlex.split(options.args),
        options.variant,
        options.keep_db,
    )


def check(_options):
    system.ensure()
    lint.check(environment.ensure())


def reformat(_options):
    system.ensure()
    lint.reformat(environment.ensure())


def bench(options):
    benchrun.main(_prepare(), shlex.split(options.names))


def picture(options):
    pictures.main(_prepare(browser=True), shlex.split(options.names))


def translate(_options):
    translations.main(_prepare())


def wheel(_options):
    """Build the addons' wheels into dist/."""
    system.ensure()
    python = environment.ensure().python
    for addon in paths.ADDONS:
        build = [python, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist", addon]
        console.run(build, what=f"Building the wheel of {addon}", cwd=paths.CHECKOUT)
    for built in sorted((paths.CHECKOUT / "dist").glob("*.whl")):
        console.say(f"Built dist/{built.name}")


def shell(_options):
    return server.shell(_prepare())


def stop(_options):
    server.stop()


def clean(options):
    """Delete this checkout's databases, mails and logs, and what deleted checkouts left behind."""
    if testrun.running():
        raise console.Failure("Tests are running in this checkout.", "Wait for their end.")
    server.stop()
    for folder in [
        paths.STATE,
        cluster.SOCKETS,
        *paths.abandoned(),
        *([paths.CACHE] if options.all else []),
    ]:
        console.say(f"Deleting {folder} …")
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(browser=False):
    system.ensure(browser)
    made = environment.ensure()
    cluster.ensure()
    return made


def _parse():
    parser = argparse.ArgumentParser(prog="python3 -m dev", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for command in (
        run,
        test,
        check,
        reformat,
        bench,
        picture,
        translate,
        wheel,
        shell,
        stop,
        clean,
    ):
        sub = commands.add_parser(command.__name__, help=command.__doc__)
        sub.set_defaults(command=command)
        if command is run:
            sub.add_argument("--port", type=int, default=8069)
        elif command is test:
            sub.add_argument("--tests", default="", help="paths or pytest node ids, default all")
            sub.add_argument("--args", default="", help="more options for pytest")
            sub.add_argument("--variant", default="", help="plain, website or both")
            sub.add_argument(
                "--keep-db", default="", help="name of a database to keep and to use again"
            )
        elif command in (bench, picture):
            sub.add_argument("--names", default="", help="only these, default all")
        elif command is clean:
            sub.add_argument(
                "--all", action="store_true", help="the cache that all checkouts share, too"
            )
    return parser.parse_args()


if __name__ == "__main__":
    main()
