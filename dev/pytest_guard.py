"""A pytest plugin: whatever Odoo logs as an error fails the test during which it was logged.

pytest-odoo silences Odoo below CRITICAL. Here everything from WARNING on stays visible, and ERROR
and CRITICAL lines fail the run unless the test expects them (`assertLogs`, `mute_logger`: both keep
a line away from the root logger, where this plugin listens). So does a read-only route that wrote:
Odoo only warns of it, then repeats the request.
"""

import logging

import pytest

# A browser that is closed at a test's end complains about what it was still loading.
AFTER_THE_END = "received after termination"
READ_ONLY_ROUTE_WROTE = "retrying with a read/write cursor"


class Listener(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        message = self.format(record)
        failed = record.levelno >= logging.ERROR and AFTER_THE_END not in message
        if failed or READ_ONLY_ROUTE_WROTE in message:
            self.lines.append(f"{record.levelname} {record.name}: {message}")

    def take(self):
        lines, self.lines = self.lines, []
        return lines


class Guard:
    def __init__(self):
        self.listener = Listener()
        self.outside_tests = []

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item):
        self.outside_tests += self.listener.take()
        result = yield
        if lines := self.listener.take():
            pytest.fail(
                "Odoo logged errors that the test does not expect:\n" + "\n".join(lines),
                pytrace=False,
            )
        return result

    def pytest_sessionstart(self):
        logging.getLogger().addHandler(self.listener)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session, exitstatus):
        result = yield
        logging.getLogger().removeHandler(self.listener)
        self.outside_tests += self.listener.take()
        if self.outside_tests and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return result

    def pytest_terminal_summary(self, terminalreporter):
        if self.outside_tests:
            terminalreporter.section("errors logged outside of tests", red=True)
            terminalreporter.write_line("\n".join(self.outside_tests))


def pytest_addoption(parser):
    parser.addoption(
        "--http-only", action="store_true", help="Run only the tests that ask for pages (HttpCase)."
    )
    parser.addoption("--part", default="1/1", help="Run the first of two parts of the files: 1/2.")


def pytest_configure(config):
    config.pluginmanager.register(Guard())


def pytest_collection_modifyitems(config, items):
    from odoo.tests import HttpCase

    number, parts = map(int, config.getoption("--part").split("/"))
    files = set(list(dict.fromkeys(item.path for item in items))[number - 1 :: parts])
    only_pages = config.getoption("--http-only")
    kept, left = [], []
    for item in items:
        is_page = issubclass(getattr(item, "cls", None) or object, HttpCase)
        is_kept = item.path in files and (is_page or not only_pages)
        (kept if is_kept else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept
