"""For ops: ``python -m services.notifications.ops check [--json] | preview TOPIC [--lang zh|en]``."""

import argparse
import sys

import orjson

from services.chassis.data.database import make_engine
from services.chassis.data.work import Work, Works
from services.chassis.settings import SettingsError, database_url_of, environment_reader, seal
from services.notifications.contract import LANGUAGES
from services.notifications.domain.rendering import render
from services.notifications.domain.topics import TOPICS
from services.notifications.storage.invariants import violations
from services.notifications.storage.templates import templates_in_force

SAMPLE_NAME = {"zh": "李小明", "en": "Li Xiaoming"}


def check(work: Work, as_json: bool) -> int:
    """Every invariant with what breaks it; exit code 1 if anything does."""
    results = violations(work)
    if as_json:
        print(orjson.dumps(results).decode())
    else:
        for result in results:
            print(
                f"{'ok ' if result['ok'] else 'BAD'} {result['name']}{': ' if result['found'] else ''}"
                f"{', '.join(result['found'])}"
            )
    return 0 if all(result["ok"] for result in results) else 1


def preview(work: Work, topic: str, language: str) -> int:
    """The topic's templates in force, each with the sample data that new versions are checked against."""
    if topic not in TOPICS:
        print(f"there is no topic {topic}; there are {', '.join(TOPICS)}", file=sys.stderr)
        return 2
    for (_, channel, in_language), row in sorted(templates_in_force(work, topic).items()):
        if in_language == language:
            text = render(row.subject, row.body, TOPICS[topic].sample, language, SAMPLE_NAME[language])
            print(f"-- {channel}, version {row.version} by {row.actor}")
            print("\n".join(line for line in (text.subject, text.body) if line), end="\n\n")
    return 0


def main(argv: list[str]) -> int:
    arguments = _parser().parse_args(argv)
    env = environment_reader()
    own, base = env.str("DATABASE_URL_NOTIFICATIONS", ""), env.str("DATABASE_URL", "")
    try:
        seal(env)
        if not (own or base):
            raise SettingsError("MALL_DATABASE_URL is not set")
    except SettingsError as problem:
        print(problem, file=sys.stderr)
        return 2
    engine = make_engine(own or database_url_of(base, "notifications"), pool_size=1, application="notifications-ops")
    with Works(engine).begin() as work:
        if arguments.action == "check":
            return check(work, arguments.json)
        return preview(work, arguments.topic, arguments.lang)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="notifications")
    actions = parser.add_subparsers(dest="action", required=True)
    checking = actions.add_parser("check", help="look for broken invariants")
    checking.add_argument("--json", action="store_true")
    previewing = actions.add_parser("preview", help="show the templates of a topic with sample data")
    previewing.add_argument("topic")
    previewing.add_argument("--lang", choices=LANGUAGES, default="zh")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
