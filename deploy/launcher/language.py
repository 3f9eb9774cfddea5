"""Which language the launcher speaks, and the look-up of its sentences (the texts_*.py files)."""

from collections.abc import Mapping, Sequence

from deploy.launcher.texts_of_commands import COMMANDS
from deploy.launcher.texts_of_failures import FAILURES
from deploy.launcher.texts_of_progress import PROGRESS

LANGUAGES = ("en", "zh")
CATALOGUE: dict[str, tuple[str, str]] = {**COMMANDS, **FAILURES, **PROGRESS}


class _Spoken:
    language = "en"


def speak(language: str) -> None:
    _Spoken.language = language


def spoken() -> str:
    return _Spoken.language


def text(key: str, **values: object) -> str:
    return CATALOGUE[key][LANGUAGES.index(_Spoken.language)].format(**values)


def wanted(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """`--lang` wins, then the locale variables in the order the C library reads them, else English."""
    for position, argument in enumerate(arguments):
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else ""
        if argument == "--lang" and position + 1 < len(arguments):
            value = arguments[position + 1]
        if value in LANGUAGES:
            return value
    locale = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"
