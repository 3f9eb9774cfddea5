"""Links of the OpenAPI document: where what an operation answers can be taken next.

Nothing of them is written by hand. An operation whose path names one thing follows from every answer that has a field
of that name and shape, in itself or in the first entry of its lists, for whoever may ask both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operation:
    path: str
    shown: dict[str, Any]  # as the document has it

    @property
    def name(self) -> str:
        return str(self.shown["operationId"])

    @property
    def asked_by(self) -> tuple[str, str | None]:
        return str(self.shown.get("security")), self.shown.get("x-role")


@dataclass(frozen=True)
class Id:
    """In a path or in an answer; ``entries`` is the list of the answer whose first entry has it."""

    name: str
    pattern: str
    entries: str | None = None

    @property
    def expression(self) -> str:
        return "/".join(filter(None, ("$response.body#", self.entries and f"{self.entries}/0", self.name)))


Step = tuple[Id, Operation]


def with_links(document: dict[str, Any]) -> dict[str, Any]:
    """The document itself, with links in every answer that leads on."""
    components = document["components"]
    steps, links = list(_steps_of(document)), components.setdefault("links", {})
    for operation in _operations_of(document["paths"]):
        for response in _answers_of(operation):
            if leads_on := _leads_on(operation, list(_ids_of(components["schemas"], response)), steps):
                links |= leads_on
                response["links"] = {name: {"$ref": f"#/components/links/{name}"} for name in leads_on}
    return document


def _operations_of(paths: dict[str, Any]) -> Iterator[Operation]:
    for path, item in paths.items():
        yield from (Operation(path, shown) for method, shown in item.items() if method != "parameters")


def _steps_of(document: dict[str, Any]) -> Iterator[Step]:
    for path, item in document["paths"].items():
        if len(parameters := item.get("parameters", ())) == 1:
            named = Id(parameters[0]["name"], parameters[0]["schema"]["pattern"].replace("(", "").replace(")", ""))
            yield from ((named, operation) for operation in _operations_of({path: item}))


def _answers_of(operation: Operation) -> list[dict[str, Any]]:
    responses = operation.shown["responses"].items()
    return [said for status, said in responses if status < "3" and "application/json" in said.get("content", ())]


def _ids_of(schemas: dict[str, Any], response: dict[str, Any]) -> Iterator[Id]:
    for name, field in _fields_of(schemas, response["content"]["application/json"]["schema"]):
        if "pattern" in field:
            yield Id(name, field["pattern"])
        for inner_name, inner in _fields_of(schemas, field.get("items", {})):
            if "pattern" in inner:
                yield Id(inner_name, inner["pattern"], name)


def _fields_of(schemas: dict[str, Any], schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    resolved = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return list(resolved.get("properties", {}).items())


def _leads_on(operation: Operation, ids: list[Id], steps: list[Step]) -> dict[str, Any]:
    """Links by name; of two to the same operation the one by the answer itself, then the one by its first list."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for known in sorted(ids, key=lambda known: known.entries is not None):
        for following in _following(operation, known, steps):
            name = ".".join(filter(None, (following.name, known.entries)))
            link = {"operationId": following.name, "parameters": {known.name: known.expression}}
            found.setdefault(following.name, (name, link))
    return dict(sorted(found.values(), key=lambda named: named[0]))


def _following(operation: Operation, known: Id, steps: list[Step]) -> list[Operation]:
    """Things of two collections may have ids of one name: then those of the operation's own follow."""
    fitting = [
        step
        for named, step in steps
        if (named.name, named.pattern) == (known.name, known.pattern) and step.asked_by == operation.asked_by
    ]
    own = [step for step in fitting if operation.path.startswith(step.path.partition("/{")[0])]
    return [step for step in own or fitting if step.name != operation.name]
