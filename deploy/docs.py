"""Writes the generated documents: ``python -m deploy.docs``; ``--check`` names what is stale and exits with 1.

docs/api/openapi.json, docs/api/asyncapi.json, and the message tables in the README of every service.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson

from deploy.documents.asyncapi import asyncapi_document
from deploy.documents.language import ROOT, SERVICES
from deploy.documents.tables import MarksMissing, with_tables
from gateway.app import create_app
from gateway.settings import GatewaySettings

SETTINGS = GatewaySettings(public_url="https://mall.example", request_deadline_s=9.0, session_cache_s=1.0)


def generated(root: Path = ROOT) -> dict[Path, str]:
    """Every document as it should be, by its place."""
    documents = {
        root / "docs/api/openapi.json": _as_text(openapi_document()),
        root / "docs/api/asyncapi.json": _as_text(asyncapi_document()),
    }
    for service in SERVICES:
        readme = root / "services" / service / "README.md"
        if readme.exists():
            documents[readme] = with_tables(readme.read_text(), service)
    return documents


def openapi_document() -> dict[str, Any]:
    return orjson.loads(create_app(lambda: SETTINGS).test_client().get("/openapi.json").data)


def stale(documents: dict[Path, str]) -> list[Path]:
    return [path for path, text in documents.items() if not path.exists() or path.read_text() != text]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.docs", description="Writes the generated documents.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 and the names of stale files")
    is_check = parser.parse_args(arguments).check
    try:
        documents = generated()
    except MarksMissing as problem:
        print(problem, file=sys.stderr)
        return 1
    changed = stale(documents)
    for path in changed:
        print(f"{'stale' if is_check else 'written'}: {path.relative_to(ROOT)}")
        if not is_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(documents[path])
    return 1 if is_check and changed else 0


def _as_text(document: dict[str, Any]) -> str:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
