"""The commands and their options."""

import argparse
from collections.abc import Callable
from typing import NoReturn

from deploy.launcher.language import LANGUAGES, text
from deploy.launcher.suite_groups import NAMES

PASSING_ON = ("test", "bench")
"""Commands that hand everything they do not know themselves to the program they run."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"  ✗ {message}\n    → {self.prog} --help\n")


def read_command_line(arguments: list[str]) -> argparse.Namespace:
    parser = build_parser()
    words = _behind_language(arguments)
    if words[:1] == ["ops"]:
        # Everything behind `ops` is its own business, options that look like ours included.
        return argparse.Namespace(command="ops", rest=words[1:])
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command not in PASSING_ON:
        parser.error(text("unknown.arguments", arguments=" ".join(rest)))
    options.rest = rest
    return options


def asks_for_help(words: list[str]) -> bool:
    return not words or "-h" in words or "--help" in words


def _behind_language(arguments: list[str]) -> list[str]:
    """`./mall --lang zh ops …` is as good as any other order."""
    if arguments[:1] == ["--lang"]:
        return arguments[2:]
    return arguments[1:] if arguments and arguments[0].startswith("--lang=") else arguments


def build_parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="./mall", description=text("about"), epilog=text("about.more"), allow_abbrev=False)
    _language_option(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for name, options in _COMMANDS.items():
        words = text(f"help.{name}")
        command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        _language_option(command)
        for add in options:
            add(command)
    return parser


def _language_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS, help=text("help.lang"))


def _flag(name: str, key: str) -> Callable[[argparse.ArgumentParser], object]:
    return lambda parser: parser.add_argument(name, action="store_true", help=text(key))


def _services(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--services", choices=("own", "system"), default="own", help=text("help.services"))


def _port(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help=text("help.port"))


def _service_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("service", nargs="?", help=text("help.service"))


def _group(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--group", choices=NAMES, help=text("help.group"))


_JSON = _flag("--json", "help.json")
_CONSOLE = _flag("--console", "help.console")
_COMMANDS: dict[str, list[Callable[[argparse.ArgumentParser], object]]] = {
    "up": [_services, _port, _CONSOLE],
    "demo": [_services, _flag("--slow", "help.slow"), _JSON],
    "test": [_services, _group],
    "bench": [_services, _JSON],
    "status": [_JSON],
    "logs": [_service_name, _flag("-f", "help.follow")],
    "down": [],
    "reset": [_flag("--yes", "help.yes")],
    "doctor": [_JSON],
    "migrate": [_services],
    "ops": [],
    "env": [],
}
