"""What the services say to each other, read from their contracts, doors and modules."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson

from services.chassis.contract import Call, Event, published_language

ROOT = Path(__file__).parents[2]
SERVICES = ("members", "points", "catalog", "orders", "logistics", "notifications")


def contract_of(service: str) -> ModuleType:
    return importlib.import_module(f"services.{service}.contract")


@cache
def calls_of(service: str) -> list[Call]:
    """Commands, then queries, each by name."""
    language = published_language(contract_of(service))
    return [call for kind in ("commands", "queries") for call in language[kind] if call.service == service]


@cache
def events_of(service: str) -> list[Event]:
    return [event for event in published_language(contract_of(service))["events"] if event.source == service]


@cache
def door_of(service: str) -> type | None:
    """The service's nameko class; None while its ``service`` is not written."""
    module = importlib.import_module(f"services.{service}.service")
    classes = [value for value in vars(module).values() if inspect.isclass(value)]
    return next((found for found in classes if getattr(found, "name", None) == service), None)


def served_by(service: str) -> dict[str, Call]:
    """What the door answers: method name -> contract."""
    methods = inspect.getmembers(door_of(service), inspect.isfunction)
    return {name: method.contract for name, method in methods if hasattr(method, "contract")}


@cache
def heard_by(service: str) -> dict[str, Event]:
    """What the door subscribes to: method name -> event, by the event's type."""
    heard = [
        (name, entrypoint.event)
        for name, method in inspect.getmembers(door_of(service), inspect.isfunction)
        for entrypoint in getattr(method, "nameko_entrypoints", ())
        if isinstance(getattr(entrypoint, "event", None), Event)
    ]
    return dict(sorted(heard, key=lambda pair: pair[1].type))


@cache
def called_by(service: str) -> list[Call]:
    """Calls of other services that this service's own modules name, by address."""
    found = {value for path in modules_of(service) for value in _named_in(path) if isinstance(value, Call)}
    return sorted((call for call in found if call.service != service), key=lambda call: call.address)


@cache
def called_by_gateway() -> list[Call]:
    """Calls that a route makes; those that it only names for their refusals are not among them."""
    paths = sorted((ROOT / "gateway").rglob("*.py"))
    found = {value for path in paths for value in _named_in(path, within=_call_arguments)}
    return sorted((call for call in found if isinstance(call, Call)), key=lambda call: call.address)


@cache
def emitted_by(service: str) -> set[Event]:
    """Events of its own that this service's modules name outside the contract."""
    found = {value for path in modules_of(service) for value in _named_in(path) if isinstance(value, Event)}
    return {event for event in found if event.source == service}


def samples_of(service: str, message: str) -> list[Any]:
    """Golden samples of one message, oldest first."""
    files = (ROOT / "services" / service / "samples").glob(f"{message}.*.json")
    numbered = [
        (int(file.name.removeprefix(f"{message}.").split(".")[0]), file) for file in files if _is_of(file, message)
    ]
    return [orjson.loads(file.read_bytes()) for _, file in sorted(numbered)]


def _is_of(file: Path, message: str) -> bool:
    return file.name.removeprefix(f"{message}.").removesuffix(".json").isdigit()


def modules_of(service: str) -> list[Path]:
    """Its modules except the contract, which names what others may call."""
    folder = ROOT / "services" / service
    return [
        path for path in sorted(folder.rglob("*.py")) if not path.relative_to(folder).parts[0].startswith("contract")
    ]


def _call_arguments(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("call", "ask"):
            yield from node.args[:1]


def _named_in(path: Path, within: Any = ast.walk) -> set[Any]:
    """The values that a module takes from contracts: ``contract.NAME``, or ``NAME`` imported from one."""
    tree = ast.parse(path.read_text())
    modules: dict[str, ModuleType] = {}
    values: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("services."):
            _learn(node, modules, values)
    found = [_value_of(node, modules, values) for node in within(tree)]
    return {value for value in found if isinstance(value, Call | Event)}


def _learn(node: ast.ImportFrom, modules: dict[str, ModuleType], values: dict[str, Any]) -> None:
    service, _, rest = str(node.module).removeprefix("services.").partition(".")
    if service not in SERVICES:
        return
    for alias in node.names:
        name = alias.asname or alias.name
        if not rest and alias.name == "contract":
            modules[name] = contract_of(service)
        elif rest.startswith("contract"):
            values[name] = getattr(contract_of(service), alias.name, None)


def _value_of(node: ast.AST, modules: dict[str, ModuleType], values: dict[str, Any]) -> Any:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
        return getattr(modules[node.value.id], node.attr, None)
    return values.get(node.id) if isinstance(node, ast.Name) else None
