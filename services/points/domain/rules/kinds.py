"""What a field of a rule may say: how what was typed is read, within which bounds, and how it is shown again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"[0-9]{1,18}(?:\.([0-9]+))?")
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


class Malformed(ValueError):
    """What was typed is not what the kind expects."""


class Kind(Protocol):
    @property
    def expected(self) -> str:
        """In words, after "it is …"."""

    def read(self, typed: str) -> Any:
        """Raises Malformed."""

    def shown(self, value: Any) -> str:
        """As it would be typed."""


@dataclass(frozen=True)
class Whole:
    least: int
    largest: int

    @property
    def expected(self) -> str:
        return f"a whole number from {self.least} to {self.largest}"

    def read(self, typed: str) -> int:
        if not _WHOLE.fullmatch(typed) or not self.least <= int(typed) <= self.largest:
            raise Malformed(typed)
        return int(typed)

    def shown(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True)
class Exact:
    """A number with ``places`` decimals at most: one more would be rounded by the database, so it is refused."""

    least: Decimal
    largest: Decimal
    places: int

    @property
    def expected(self) -> str:
        bounds = f"from {self.shown(self.least)} to {self.shown(self.largest)}"
        return f"a number {bounds}, with up to {self.places} decimals"

    def read(self, typed: str) -> Decimal:
        found = _DECIMAL.fullmatch(typed)
        if not found or len(found[1] or "") > self.places or not self.least <= Decimal(typed) <= self.largest:
            raise Malformed(typed)
        return Decimal(typed)

    def shown(self, value: Decimal) -> str:
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class OneOf:
    options: tuple[str, ...]

    @property
    def expected(self) -> str:
        return f"one of {' '.join(self.options)}"

    def read(self, typed: str) -> str:
        if typed not in self.options:
            raise Malformed(typed)
        return typed

    def shown(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Flag:
    @property
    def expected(self) -> str:
        return "true or false"

    def read(self, typed: str) -> bool:
        if typed not in _FLAGS:
            raise Malformed(typed)
        return _FLAGS[typed]

    def shown(self, value: bool) -> str:
        return str(value).lower()


@dataclass(frozen=True)
class Title:
    """Words for people, on one line."""

    longest: int

    @property
    def expected(self) -> str:
        return f"words, up to {self.longest} characters"

    def read(self, typed: str) -> str:
        if not 0 < len(typed) <= self.longest or not typed.isprintable() or typed != typed.strip():
            raise Malformed(typed)
        return typed

    def shown(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Names:
    """Several, in any order and each once; or none."""

    shape: str

    @property
    def expected(self) -> str:
        return f"names of the shape {self.shape} with commas between them, or nothing"

    def read(self, typed: str) -> list[str]:
        names = typed.split(",") if typed else []
        if len(set(names)) != len(names) or not all(re.fullmatch(self.shape, name) for name in names):
            raise Malformed(typed)
        return sorted(names)

    def shown(self, value: Sequence[str]) -> str:
        return ",".join(sorted(value))


@dataclass(frozen=True)
class OrNothing:
    """What need not be said: nothing is typed for it."""

    kind: Kind

    @property
    def expected(self) -> str:
        return f"{self.kind.expected}, or nothing"

    def read(self, typed: str) -> Any:
        return self.kind.read(typed) if typed else None

    def shown(self, value: Any) -> str:
        return "" if value is None else self.kind.shown(value)
