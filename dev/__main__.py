"""The commands behind the Makefile: `python3 -m dev COMMAND`. Which of them needs what is said here and nowhere else."""

import argparse
import shlex
import shutil
import sys

from . import cluster, console, environment, lint, paths, server, system, testrun


def main():
    options = _parse()
    with console.explained():
        paths.prepare()
        sys.exit(options.command(options))


def run(options):
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


def shell(_options):
    return server.shell(_prepare())


def stop(_options):
    server.stop()


def clean(options):
    """Delete this checkout's databases, mails and logs, what deleted checkouts left, and on demand the cache."""
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
    for command in (run, test, check, reformat, shell, stop, clean):
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
        elif command is clean:
            sub.add_argument(
                "--all", action="store_true", help="the cache that all checkouts share, too"
            )
    return parser.parse_args()


if __name__ == "__main__":
    main()
