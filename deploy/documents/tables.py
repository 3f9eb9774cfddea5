"""The message tables between the marks of a service's README."""

from collections.abc import Sequence

from deploy.documents.language import SERVICES, called_by, called_by_gateway, calls_of, events_of, heard_by
from deploy.documents.meanings import meaning_of_call, meaning_of_event, meaning_of_reaction
from services.chassis.contract import Call, Command, Event

BEGIN, END = "<!-- messages:begin -->", "<!-- messages:end -->"


Rows = list[Sequence[str]]


class MarksMissing(Exception):
    """The README has no place for the tables."""


def with_tables(readme: str, service: str) -> str:
    """The README with the text between its marks replaced."""
    before, found_begin, rest = readme.partition(BEGIN)
    _, found_end, after = rest.partition(END)
    if not found_begin or not found_end:
        raise MarksMissing(f"services/{service}/README.md needs the marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{tables_of(service)}\n{END}{after}"


def tables_of(service: str) -> str:
    calls = calls_of(service)
    sections: list[tuple[str, str, Rows]] = [
        ("Commands", "| command | what it does | refuses | asked by |", _call_rows(calls, of_commands=True)),
        ("Queries", "| query | what it answers | refuses | asked by |", _call_rows(calls, of_commands=False)),
        ("Events published", "| event | fact | carries | heard by |", _published_rows(service)),
        ("Events consumed", "| event | of | what happens then |", _consumed_rows(service)),
        ("Calls to others", "| call | of |", [(f"`{call.method}`", call.service) for call in called_by(service)]),
    ]
    return "\n\n".join(_table(title, head, rows) for title, head, rows in sections if rows)


def _table(title: str, head: str, rows: Rows) -> str:
    rule = "|---" * (head.count("|") - 1) + "|"
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([f"**{title}**", "", head, rule, *lines])


def _call_rows(calls: list[Call], *, of_commands: bool) -> Rows:
    return [
        (f"`{call.method}`", meaning_of_call(call), _codes(call.refuses), ", ".join(_callers_of(call)))
        for call in calls
        if isinstance(call, Command) == of_commands
    ]


def _published_rows(service: str) -> Rows:
    return [
        (f"`{event.type}`", meaning_of_event(event), _codes(sorted(event.data().fields)), ", ".join(_hearers_of(event)))
        for event in events_of(service)
    ]


def _consumed_rows(service: str) -> Rows:
    return [
        (f"`{event.type}`", event.source, meaning_of_reaction(service, method))
        for method, event in heard_by(service).items()
    ]


def _hearers_of(event: Event) -> list[str]:
    return [service for service in SERVICES if event in heard_by(service).values()]


def _callers_of(call: Call) -> list[str]:
    callers = [service for service in SERVICES if call in called_by(service)]
    return ["gateway", *callers] if call in called_by_gateway() else callers


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(f"`{code}`" for code in codes)
