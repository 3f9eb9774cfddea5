"""Put a new version of a template in force, if it can be used."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.notifications.contract import TEMPLATE_INVALID
from services.notifications.domain.rendering import TemplateUnusable, check_template
from services.notifications.storage.locks import lock_template
from services.notifications.storage.templates import add_template, newest_version


def put_template(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    key = (request["topic"], request["channel"], request["language"])
    try:
        check_template(*key, request["subject"], request["body"])
    except TemplateUnusable as problem:
        raise Refused(TEMPLATE_INVALID, "the template cannot be used", reason=str(problem)) from None
    lock_template(work, *key)
    version = newest_version(work, *key) + 1
    add_template(work, request, version)
    return {**request, "version": version}
