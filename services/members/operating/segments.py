"""Verbs on segments: groups of members for which there may be prices and goods."""

import argparse
from pathlib import Path
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb, instant
from services.chassis.refusal import Refused
from services.chassis.showing import brief, say_json
from services.members import contract
from services.members.domain.segments import LABEL, read_names
from services.members.storage.segments import list_segments
from services.members.usecases.apply_segment_rules import apply_segment_rules, set_segment_rule
from services.members.usecases.put_in_segment import add_to_segment, define_segment, remove_from_segment


def define(works: Works, options: argparse.Namespace) -> int:
    names = {"name_zh": options.zh, "name_en": options.en, "description": options.description}
    return _show(works.run(define_segment, {"segment": options.segment, **names}), options)


def add(works: Works, options: argparse.Namespace) -> int:
    window = {"begins": options.starting, "ends": options.until}
    return _show(works.run(add_to_segment, {**_named(options), **window}), options)


def remove(works: Works, options: argparse.Namespace) -> int:
    return _show(works.run(remove_from_segment, _named(options)), options)


def set_rule(works: Works, options: argparse.Namespace) -> int:
    joined = {"joined_from": options.joined_from, "joined_before": options.joined_before}
    told = {"segment": options.segment, "tiers": options.tier or [], **joined}
    decided = {**told, "effective_from": options.starting, "reason": options.because}
    return _show(works.run(set_segment_rule, decided), options)


def apply(works: Works, options: argparse.Namespace) -> int:
    return _show({"moved": apply_segment_rules(works)}, options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        found = list_segments(work)
    if options.json:
        say_json({"segments": found})
        return DONE
    for segment in found:
        print(brief(segment))
    return DONE


def _named(options: argparse.Namespace) -> dict[str, Any]:
    try:
        text = options.file.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise Refused(contract.SEGMENT_FILE_UNREADABLE, f"{options.file} cannot be read: {problem}") from None
    numbers, members = read_names(text)
    return {"segment": options.segment, "numbers": numbers, "members": members, "reason": options.because}


def _show(answer: dict[str, Any], options: argparse.Namespace) -> int:
    say_json(answer) if options.json else print(brief(answer))
    return DONE


def _label(text: str) -> str:
    if not LABEL.fullmatch(text):
        raise argparse.ArgumentTypeError("a label is 1 to 40 lower-case letters, digits and hyphens")
    return text


def _takes_segment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("segment", metavar="SEGMENT", type=_label)


def _takes_names(parser: argparse.ArgumentParser) -> None:
    _takes_segment(parser)
    parser.add_argument("--zh", required=True, help="its name in Chinese")
    parser.add_argument("--en", required=True, help="its name in English")
    parser.add_argument("--description", default="", help="who is meant to be in it")


def _takes_file(parser: argparse.ArgumentParser) -> None:
    _takes_segment(parser)
    parser.add_argument("file", type=Path, help="subscriber numbers or member ids, one a line")
    _takes_reason(parser)


def _takes_file_and_time(parser: argparse.ArgumentParser) -> None:
    _takes_file(parser)
    parser.add_argument("--from", dest="starting", type=instant, metavar="INSTANT", help="now, if not said")
    parser.add_argument("--until", type=instant, metavar="INSTANT", help="for good, if not said")


def _takes_rule(parser: argparse.ArgumentParser) -> None:
    _takes_segment(parser)
    parser.add_argument("--tier", action="append", choices=contract.TIERS, help="may be given several times")
    parser.add_argument("--joined-from", type=instant, metavar="INSTANT", help="in the operator's network since then")
    parser.add_argument("--joined-before", type=instant, metavar="INSTANT", help="in it longer than since then")
    parser.add_argument("--from", dest="starting", type=instant, metavar="INSTANT", help="now, if not said")
    _takes_reason(parser)


def _takes_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


SEGMENT_VERBS = [
    Verb("segment define", "a group of members, or another name for it", define, _takes_names),
    Verb("segment add", "these members are in it", add, _takes_file_and_time),
    Verb("segment remove", "these members are not in it by hand any more", remove, _takes_file),
    Verb("segment rule", "who is in it by rule; a rule that says nothing lifts the one before", set_rule, _takes_rule),
    Verb("segment apply", "apply all rules now, instead of within minutes", apply),
    Verb("segment list", "all, with how many are in", list_all),
]
