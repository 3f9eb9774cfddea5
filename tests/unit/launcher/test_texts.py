"""Every sentence exists in both languages, with the same blanks, and every failure says what to do."""

import re
from pathlib import Path
from string import Formatter

import pytest

from deploy.launcher import language
from deploy.launcher.failure import Failure
from deploy.launcher.texts_of_failures import FAILURES

SOURCES = Path(language.__file__).parent
KEY = re.compile(r"""(?:Failure|text|done|note|tell|trouble|timed)\(\s*"([a-z][a-z.-]*)"(?=[,)])""")


def blanks(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def test_both_languages_have_the_same_blanks() -> None:
    for key, (english, chinese) in language.CATALOGUE.items():
        assert english.strip(), key
        assert chinese.strip(), key
        assert blanks(english) == blanks(chinese), key


def test_every_failure_says_what_to_do() -> None:
    problems = {key for key in FAILURES if not key.endswith(".fix")}
    assert problems == {key.removesuffix(".fix") for key in FAILURES if key.endswith(".fix")}


def test_advice_needs_no_blank_its_failure_does_not_fill() -> None:
    for key in FAILURES:
        if not key.endswith(".fix"):
            extra = blanks(FAILURES[key + ".fix"][0]) - blanks(FAILURES[key][0])
            assert extra <= {"known"}, key


def test_every_key_the_code_uses_is_in_the_catalogue() -> None:
    used = {key for file in SOURCES.glob("*.py") for key in KEY.findall(file.read_text())}
    assert len(used) > 40
    assert used <= set(language.CATALOGUE)


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        (["up", "--lang", "zh"], {"LANG": "C"}, "zh"),
        (["--lang=en", "up"], {"LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_language(arguments: list[str], environment: dict[str, str], expected: str) -> None:
    assert language.wanted(arguments, environment) == expected


def test_a_failure_speaks_the_chosen_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language._Spoken, "language", "zh")
    failure = Failure("port.taken", port=8000)
    assert failure.what == "端口 8000 被其他程序占用"
    assert "--port" in failure.advice
