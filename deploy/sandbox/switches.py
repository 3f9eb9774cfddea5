"""Faults and holds a developer switches over HTTP; kept in the store, so a restart does not forget them."""

import json
import time
from collections import Counter
from typing import Any

from flask import Flask
from werkzeug.exceptions import BadRequest

from deploy.sandbox.control_http import json_body
from deploy.sandbox.store import Store

SWITCHES_SCHEMA = "CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
HANG_AT_MOST_S = 60.0


class Switches:
    """Named JSON values with defaults; a tuple lists the words allowed, the default first.

    Unknown names and values are refused, so that a typing error is seen.
    """

    def __init__(self, store: Store, defaults: dict[str, Any]) -> None:
        self._store = store
        self._defaults = defaults
        self.kept_waiting: Counter[str] = Counter()  # by switch, since this process began

    def all(self) -> dict[str, Any]:
        kept = {row["name"]: json.loads(row["value"]) for row in self._store.rows("SELECT * FROM switches")}
        return {name: kept.get(name, _plain(default)) for name, default in self._defaults.items()}

    def __getitem__(self, name: str) -> Any:
        return self.all()[name]

    def change(self, values: dict[str, Any]) -> dict[str, Any]:
        """Set the given switches; the others stay. Raises ValueError for a name or type that is not known."""
        for name, value in values.items():
            if name not in self._defaults:
                raise ValueError(f"unknown switch {name}; there are {', '.join(self._defaults)}")
            if not _fits(value, self._defaults[name]):
                raise ValueError(f"{name} cannot be {value!r}")
        with self._store.transaction():
            for name, value in values.items():
                self._store.execute("INSERT OR REPLACE INTO switches VALUES (?, ?)", name, json.dumps(value))
        return self.all()

    def wait_while(self, name: str, value: Any) -> None:
        """Until it is switched to something else, and not for ever."""
        deadline = time.monotonic() + HANG_AT_MOST_S
        if self[name] == value:
            self.kept_waiting[name] += 1
        while self[name] == value and time.monotonic() < deadline:
            time.sleep(0.05)

    def take_one(self, name: str) -> bool:
        """Count a number switch down by one; False when it stands at zero."""
        if self[name] <= 0:
            return False
        with self._store.transaction():
            left = self[name]
            if left > 0:
                self.change({name: left - 1})
            return bool(left > 0)


def add_switches(app: Flask, rule: str, switches: Switches) -> None:
    """GET shows all switches, POST sets those given and shows all; 400 for one that is unknown. Below it, how many
    calls each of them has kept waiting."""

    def change() -> dict[str, Any]:
        try:
            return switches.change(json_body())
        except ValueError as error:
            raise BadRequest(str(error)) from error

    app.add_url_rule(rule, f"show {rule}", switches.all)
    app.add_url_rule(rule, f"change {rule}", change, methods=["POST"])
    app.add_url_rule(f"{rule}/kept-waiting", f"kept waiting {rule}", lambda: dict(switches.kept_waiting))


def _plain(default: Any) -> Any:
    return default[0] if isinstance(default, tuple) else default


def _fits(value: Any, default: Any) -> bool:
    if isinstance(default, tuple):
        return value in default
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, int):
        return isinstance(value, int | float) and value >= 0
    return isinstance(value, type(default))
