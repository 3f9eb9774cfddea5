"""State machines as tables, checked when the module is imported."""

from collections.abc import Mapping
from dataclasses import dataclass


class IllegalTransition(Exception):
    """A state change that the table does not allow: a programming fault, never a refusal to a member."""


@dataclass(frozen=True)
class Transitions:
    """``table`` maps each state to {event: next state}; end states map to {}.

    Every state must be reachable from ``initial`` and every target must be a state, else the import fails.
    """

    name: str
    initial: str
    table: Mapping[str, Mapping[str, str]]

    def __post_init__(self) -> None:
        targets = {target for row in self.table.values() for target in row.values()}
        if unknown := (targets | {self.initial}) - set(self.table):
            raise ValueError(f"{self.name}: unknown states {sorted(unknown)}")
        if unreachable := set(self.table) - self._reachable():
            raise ValueError(f"{self.name}: unreachable states {sorted(unreachable)}")

    def next(self, state: str, event: str) -> str:
        try:
            return self.table[state][event]
        except KeyError:
            raise IllegalTransition(f"{self.name}: {event!r} is not allowed in {state!r}") from None

    def allows(self, state: str, event: str) -> bool:
        return event in self.table[state]

    def sources(self, event: str) -> tuple[str, ...]:
        """The states in which ``event`` is allowed."""
        return tuple(state for state, row in self.table.items() if event in row)

    def is_end(self, state: str) -> bool:
        return not self.table[state]

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(self.table)

    def as_mermaid(self) -> str:
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {state} --> {to}: {event}" for state, row in self.table.items() for event, to in row.items()]
        lines += [f"    {state} --> [*]" for state in self.table if self.is_end(state)]
        return "\n".join(lines)

    def _reachable(self) -> set[str]:
        seen, todo = {self.initial}, [self.initial]
        while todo:
            for target in self.table[todo.pop()].values():
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
        return seen
