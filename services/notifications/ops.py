"""For operators: ``python -m services.notifications.ops check | preview TOPIC [--lang zh|en] [--json]``."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from services.chassis.data.work import Work, Works
from services.chassis.operations import DONE, Verb, audit, operate
from services.chassis.showing import say_json
from services.notifications.contract import LANGUAGES, SERVICE
from services.notifications.domain.rendering import render
from services.notifications.domain.topics import TOPICS
from services.notifications.storage.templates import templates_in_force
from services.notifications.usecases.check_invariants import check_invariants

SAMPLE_NAME = {"zh": "李小明", "en": "Li Xiaoming"}


def main(argv: Sequence[str], prog: str | None = None) -> int:
    return operate(SERVICE, "operations on messages and their templates", VERBS, argv, prog)


def preview(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        texts = list(texts_in_force(work, options.topic, options.lang))
    if options.json:
        say_json(texts)
        return DONE
    for text in texts:
        print(f"-- {text['channel']}, version {text['version']} by {text['actor']}")
        print("\n".join(part for part in (text["subject"], text["body"]) if part), end="\n\n")
    return DONE


def texts_in_force(work: Work, topic: str, language: str) -> Iterator[dict[str, Any]]:
    """The topic's templates, each with the sample data that new versions are checked against."""
    for (_, channel, in_language), row in sorted(templates_in_force(work, topic).items()):
        if in_language == language:
            text = render(row.subject, row.body, TOPICS[topic].sample, language, SAMPLE_NAME[language])
            made = {"channel": channel, "version": row.version, "actor": row.actor}
            yield made | {"subject": text.subject, "body": text.body}


def _takes_topic(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topic", choices=sorted(TOPICS), metavar="TOPIC", help=", ".join(sorted(TOPICS)))
    parser.add_argument("--lang", choices=LANGUAGES, default="zh")


VERBS = [
    audit(check_invariants),
    Verb("preview", "the texts of a topic in force, filled with sample data", preview, _takes_topic),
]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
