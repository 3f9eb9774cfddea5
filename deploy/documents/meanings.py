"""One line that says what a message means, from the docstrings that developers read."""

import inspect
import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from deploy.documents.language import door_of
from services.chassis.contract import Call, Event


def meaning_of_call(call: Call) -> str:
    """Of the use case that the door hands over to, else of the request."""
    return _of_reaction(call.service, call.method) or _first_sentence(call.request)


def meaning_of_event(event: Event) -> str:
    """Of its data, else its name in words."""
    return _first_sentence(event.data) or " ".join(re.split(r"[._]", event.type)[:-1])


def meaning_of_reaction(service: str, method: str) -> str:
    """What a subscriber does, else its name in words."""
    return _of_reaction(service, method) or method.removeprefix("on_").replace("_", " ")


def _of_reaction(service: str, method: str) -> str:
    function = getattr(door_of(service), method, None)
    if function is None:
        return ""
    return _first_sentence(function) or _of_use_case(_use_case_of(inspect.unwrap(function)))


def _use_case_of(function: Callable) -> Callable | None:
    """The first function of ``usecases`` that a method of the door names."""
    names = function.__code__.co_names
    known = vars(sys.modules[function.__module__])
    for place, name in enumerate(names):
        value = known.get(name)
        if isinstance(value, ModuleType) and place + 1 < len(names):
            value = getattr(value, names[place + 1], None)
        if inspect.isfunction(value) and ".usecases." in value.__module__:
            return value
    return None


def _of_use_case(use_case: Callable | None) -> str:
    """A module named like its use case is about nothing else, and says more than the function does."""
    if use_case is None:
        return ""
    module = sys.modules[use_case.__module__]
    is_alone = module.__name__.rpartition(".")[2] == use_case.__name__
    return (not is_alone and _first_sentence(use_case)) or _first_sentence(module)


def _first_sentence(documented: Any) -> str:
    text = inspect.cleandoc(getattr(documented, "__doc__", None) or "")
    paragraph = " ".join(text.split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.;])\s", paragraph, maxsplit=1)[0].rstrip(".;:")
    return sentence.replace("``", "`").replace("|", "\\|")
