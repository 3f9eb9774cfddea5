"""Tells the story in the terminal, in Chinese or English, and keeps its facts for ``--json``."""

import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from deploy.demo.texts import TEXTS

BREATH_S = 2.5


@dataclass
class Teller:
    """``say`` prints a line of the story; with ``--json`` the story is silent and only the facts come out."""

    language: str
    as_json: bool = False
    slow: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    _chapter: int = 0

    def chapter(self, name: str) -> None:
        self._chapter += 1
        if self.slow:
            time.sleep(BREATH_S)
        self._print(f"\n{self._chapter}. {self._text('chapter.' + name)}")

    def say(self, name: str, /, **values: Any) -> None:
        self._print("   " + self._text(name).format(**values))

    def quote(self, text: str) -> None:
        for line in text.splitlines():
            self._print(f"   │ {line}")

    def check(self, name: str, holds: bool, /, **values: Any) -> None:
        mark = "✓" if holds else "✗"
        self._print(f"   {mark} " + self._text(name).format(**values))

    def finish(self, ok: bool) -> None:
        self.facts["ok"] = ok
        if self.as_json:
            print(json.dumps(self.facts, ensure_ascii=False, indent=2))
        else:
            self._print("\n" + self._text("end.well" if ok else "end.badly"))

    def name_of(self, thing: dict[str, Any]) -> str:
        return thing[f"name_{self.language}"]

    def _text(self, name: str) -> str:
        return TEXTS[name][0 if self.language == "zh" else 1]

    def _print(self, line: str) -> None:
        if not self.as_json:
            print(line)
            sys.stdout.flush()
