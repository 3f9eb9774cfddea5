"""Adding up what the groups' pytest runs wrote into their JUnit files."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

# By agreement the reason of such a skip begins with this word: "needs a browser: apt-get install chromium".
MISSING_SERVICE = "needs "
NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    missing: int = 0
    """Skipped because a service or a program was not there."""

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.missing + other.missing,
        )

    @property
    def last_line(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def tally_of(report: Path, exit_code: int) -> Tally:
    """A pytest that broke before it wrote its report counts as one failure: silence is not success."""
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - written by our own pytest
    except (OSError, ElementTree.ParseError):
        cases = []
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skips = [skip for case in cases if (skip := case.find("skipped")) is not None]
    missing = sum(1 for skip in skips if skip.get("message", "").startswith(MISSING_SERVICE))
    if not failed and exit_code not in (0, NOTHING_COLLECTED):
        failed = 1
    passed = max(0, len(cases) - failed - len(skips))
    return Tally(passed, failed, len(skips), missing)
