"""Tells of each planted fault as it is done with, and of all in a table at the end."""

import pytest


class Tidings:
    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self.reporter = reporter
        self.rows: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        known = dict(report.user_properties)
        if report.when == "call" and "colour" in known:
            self.rows.append(_row(report, known))
            self.reporter.ensure_newline()
            self.reporter.write_line(self.rows[-1])

    def pytest_terminal_summary(self) -> None:
        if self.rows:
            self.reporter.section("faults that were planted")
            for row in sorted(self.rows):
                self.reporter.write_line(row)


def pytest_sessionstart(session: pytest.Session) -> None:
    plugins = session.config.pluginmanager
    if reporter := plugins.get_plugin("terminalreporter"):  # of several processes none but the first has one
        plugins.register(Tidings(reporter))


def _row(report: pytest.TestReport, known: dict[str, object]) -> str:
    """Number, promise and name; what the suite said of it, in how many seconds; by which test."""
    name = report.nodeid.partition("[")[2].removesuffix("]")
    said = known["colour"] if report.passed or known["colour"] != "red" else "red without it, too"
    return f"{name:<78} {said:<7} {known['seconds']:6.1f} s  {known['by']}"
