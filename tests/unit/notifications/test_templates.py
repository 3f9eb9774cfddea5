"""The first templates, and what a new one must be."""

import importlib.util
import json
from pathlib import Path

import pytest

import services.notifications
from services.notifications.domain.rendering import TemplateUnusable, check_template, render
from services.notifications.domain.sms_text import GSM7, coding_of, pieces_of
from services.notifications.domain.topics import TOPICS
from services.notifications.storage.first_texts import templates_of

MIGRATIONS = Path(services.notifications.__file__).parent / "migrations"


def first_templates(texts):
    spec = importlib.util.spec_from_file_location(texts.stem, texts.with_suffix(".py"))
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    made = getattr(migration, "_templates", templates_of)
    return [row for topic, texts in json.loads(texts.read_text(encoding="utf-8")).items() for row in made(topic, texts)]


FIRST = [row for texts in sorted(MIGRATIONS.glob("*.json")) for row in first_templates(texts)]


def key(row):
    return row["topic"], row["channel"], row["language"]


def test_every_topic_has_a_template_for_every_channel_and_language():
    wanted = {
        (t.name, channel, language) for t in TOPICS.values() for channel in t.channels for language in ("zh", "en")
    }
    assert {key(row) for row in FIRST} == wanted
    assert len(FIRST) == len(wanted)


@pytest.mark.parametrize("row", FIRST, ids=lambda row: "-".join(key(row)))
def test_every_first_template_gives_a_short_friendly_text(row):
    text = check_template(*key(row), row["subject"], row["body"])
    assert "{" not in text.subject + text.body
    if row["channel"] == "sms":
        assert len(pieces_of(text.body)) <= 2
        assert text.body.startswith({"zh": "【积分商城】", "en": "Points Mall: "}[row["language"]])
        assert row["language"] == "zh" or coding_of(text.body) == GSM7
    else:
        assert text.subject


@pytest.mark.parametrize(
    ("topic", "channel", "subject", "body", "reason"),
    [
        ("order_confirmed", "sms", "", "{{ ordr }}", "no variable ordr"),
        ("order_confirmed", "sms", "", "{% if name == 'x' %}{{ secret }}{% endif %}ok", "no variable secret"),
        ("order_confirmed", "sms", "", "{{ order", "TemplateSyntaxError"),
        ("order_confirmed", "sms", "", "{% for i in '12345' %}x{% endfor %}", "For is not allowed"),
        ("order_confirmed", "sms", "", "{{ 'x' * 1000000000 }}", "Mul is not allowed"),
        ("order_confirmed", "sms", "", "{{ order.__class__ }}", "Getattr is not allowed"),
        ("order_confirmed", "sms", "", "{{ order|center(1000000000) }}", "Filter is not allowed"),
        ("order_confirmed", "sms", "", "{% include 'x' %}", "Include is not allowed"),
        ("order_confirmed", "sms", "a subject", "text", "no subject"),
        ("order_confirmed", "sms", "", "  ", "empty"),
        ("order_confirmed", "sms", "", "字" * 500, "parts"),
        ("order_confirmed", "email", "", "text", "needs a subject"),
        ("order_confirmed", "inbox", "{{ nobody }}", "text", "no variable nobody"),
        ("no_such_topic", "sms", "", "text", "no topic"),
        ("sign_in_code", "email", "s", "{{ code }}", "not sent by email"),
        ("welcome", "email", "{{ name }}", "text", "needs a subject"),
    ],
)
def test_a_template_that_could_fail_is_refused_with_the_reason(topic, channel, subject, body, reason):
    with pytest.raises(TemplateUnusable, match=reason):
        check_template(topic, channel, "en", subject, body)


def test_a_missing_variable_is_an_error_and_never_an_empty_place():
    with pytest.raises(TemplateUnusable, match="UndefinedError"):
        render("", "{{ order }}", {}, "zh", "")


def test_a_value_cannot_bring_code_or_a_second_header_line():
    text = render("{{ goods }}", "{{ goods }}", {"goods": "{{ 7*7 }}\r\nBcc: x@example.com"}, "zh", "")
    assert text.subject == "{{ 7*7 }} Bcc: x@example.com"
    assert text.body.startswith("{{ 7*7 }}")
