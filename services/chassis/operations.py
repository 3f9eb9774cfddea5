"""What operators type: the verbs of a service as a plain process beside it, ``python -m services.<service>.ops …``.

Every one of them ends with 0 (done and all well), 1 (refused, or something was found) or 2 (wrong usage, or no
database to work on), says in one line what is wrong, and prints JSON for programs with ``--json``.
"""

import argparse
import os
import pwd
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.context import Context
from services.chassis.data.audit import MOST_SHOWN, Finding
from services.chassis.data.database import is_not_migrated, make_engine
from services.chassis.data.database_clock import DatabaseClock
from services.chassis.data.work import Work, Works
from services.chassis.logs import logs_on_stderr
from services.chassis.refusal import Refused
from services.chassis.settings import SettingsError, read_database_url
from services.chassis.showing import brief, briefly, say_json

DONE, FOUND, UNUSABLE = 0, 1, 2
CONNECTIONS = 3
EXIT_CODES = "exit codes: 0 done and all well, 1 refused or something found, 2 wrong usage or no database"


@dataclass(frozen=True)
class Verb:
    """``name`` is one word or several ("bill-run import"). ``run`` prints and returns an exit code.

    ``takes`` declares arguments on the verb's own parser; ``--json`` is there already, as ``options.json``.
    """

    name: str
    meaning: str
    run: Callable[[Works, argparse.Namespace], int]
    takes: Callable[[argparse.ArgumentParser], Any] = lambda parser: None


def operate(service: str, description: str, verbs: Sequence[Verb], argv: Sequence[str], prog: str | None = None) -> int:
    """Does what ``argv`` asks for on the service's database and returns the exit code. ``prog`` is what was typed."""
    try:
        options = _parser(prog or f"python -m services.{service}.ops", description, verbs).parse_args(argv)
    except SystemExit as told:  # the help was shown, or what is wrong with the arguments
        return int(told.code or DONE)
    if "run" not in options:
        options.verbs_of.print_help(sys.stderr)
        return UNUSABLE
    with logs_on_stderr():
        try:
            return _run(service, options)
        except Refused as refusal:
            return _complain(FOUND, f"{refusal.code}: {refusal.message} {brief(refusal.details)}".rstrip())
        except SettingsError as problem:
            return _complain(
                UNUSABLE, f"{str(problem).rstrip('.')} (or MALL_DATABASE_URL_{service.upper()}); ./mall ops sets it"
            )
        except sa.exc.DBAPIError as problem:
            if reason := _why_unusable(service, problem):
                return _complain(UNUSABLE, reason)
            raise
        except BrokenPipeError:  # whoever read the output, like head, has enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FOUND


def audit(
    check: Callable[[Work], list[Finding]], name: str = "check", meaning: str = "audit what must always be true"
) -> Verb:
    """A verb that shows findings (``services.chassis.data.audit``) and exits with 1 if one is not ok."""

    def run(works: Works, options: argparse.Namespace) -> int:
        with works.still() as work:  # rules that compare tables must not see work that ends between two queries
            findings = check(work)
        return show_findings(findings, options)

    return Verb(name, meaning, run)


def show_findings(findings: Sequence[Finding], options: argparse.Namespace) -> int:
    """For verbs that come by their findings in another way; returns the exit code."""
    if options.json:
        say_json(findings)
    else:
        for each in findings:
            print(f"✓ {each['name']}" if each["ok"] else f"✗ {each['name']}: {_shown(each['found'])}")
    return DONE if all(each["ok"] for each in findings) else FOUND


def instant(typed: str) -> datetime:
    """With its zone, as 2026-12-01T00:00:00+08:00."""
    found = datetime.fromisoformat(typed)
    if found.tzinfo is None:
        raise ValueError
    return found


def _run(service: str, options: argparse.Namespace) -> int:
    engine = _engine_of(service)
    try:
        typed = Context.fresh(actor=_operator(), channel="ops")
        return int(options.run(Works(engine, typed, DatabaseClock.of(engine)), options))
    finally:
        sys.stdout.flush()
        engine.dispose()


def _engine_of(service: str) -> sa.Engine:
    try:
        return make_engine(read_database_url(service), pool_size=CONNECTIONS, application=f"{service}-ops")
    except (sa.exc.ArgumentError, ValueError):
        raise SettingsError("MALL_DATABASE_URL must look like postgresql://user@host:5432/mall") from None


def _operator() -> str:
    """Who is named in the audit, as the system knows them: the environment says whatever was typed into it. A
    container's user need not have a name."""
    try:
        return f"ops:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"ops:{os.getuid()}"


def _shown(found: Sequence[Any]) -> str:
    return briefly(found) + (f" … (the first {MOST_SHOWN})" if len(found) >= MOST_SHOWN else "")


def _why_unusable(service: str, problem: sa.exc.DBAPIError) -> str | None:
    """None for what is no state of the database but a fault of this program."""
    said = str(problem.orig).strip().partition("\n")[0]
    if is_not_migrated(problem):
        return f"the database of {service} is not migrated ({said}): python -m services.chassis.migrate {service}"
    if isinstance(problem, sa.exc.OperationalError | sa.exc.InterfaceError):
        return f"the database of {service} cannot be used ({said}): ./mall status says whether it is up"
    return None


def _complain(code: int, problem: str) -> int:
    print(problem, file=sys.stderr)
    return code


def _parser(prog: str, description: str, verbs: Sequence[Verb]) -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog=prog, description=description, epilog=EXIT_CODES)
    top.set_defaults(verbs_of=top)
    groups = {"": top.add_subparsers(metavar="VERB", title="verbs")}
    for verb in verbs:
        group, _, word = verb.name.rpartition(" ")
        if group not in groups:
            words = ", ".join(
                each.name.removeprefix(f"{group} ") for each in verbs if each.name.startswith(f"{group} ")
            )
            inner = groups[""].add_parser(group, help=words, epilog=EXIT_CODES)
            inner.set_defaults(verbs_of=inner)
            groups[group] = inner.add_subparsers(metavar="VERB", title="verbs")
        parser = groups[group].add_parser(word, help=verb.meaning, description=verb.meaning)
        verb.takes(parser)
        parser.add_argument("--json", action="store_true", help="JSON on standard output, for programs")
        parser.set_defaults(run=verb.run)
    return top
