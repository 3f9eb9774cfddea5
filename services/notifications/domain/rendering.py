"""Templates become texts: sandboxed Jinja in which an unknown variable is an error, never an empty place."""

from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifications.domain.sms_text import pieces_of
from services.notifications.domain.topics import TOPICS, Topic, Variables, localized

LONGEST_TITLE, LONGEST_BODY = 120, 2000
MOST_SMS_PARTS = 6
# Variables and conditions are enough for a message; loops, calls and filters could run without end.
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


class TemplateUnusable(Exception):
    """The template cannot give a message; the text says why."""


@dataclass(frozen=True)
class Text:
    subject: str
    body: str


def render(subject: str, body: str, variables: Variables, language: str, name: str) -> Text:
    """The finished text. Raises TemplateUnusable for what a checked template never does."""
    values = localized(variables, language) | {"name": name}
    try:
        return Text(
            subject=" ".join(_compiled(subject).render(values).split())[:LONGEST_TITLE],
            body=_compiled(body).render(values).strip()[:LONGEST_BODY],
        )
    except (TemplateError, TypeError) as problem:
        raise TemplateUnusable(f"{type(problem).__name__}: {problem}") from None


def check_template(topic: str, channel: str, language: str, subject: str, body: str) -> Text:
    """The sample text, if this template would do; else TemplateUnusable with the reason."""
    known = _topic_for(topic, channel)
    for source in (subject, body):
        _check_source(source, known)
    for name in ("", "李小明"):  # without and with the one variable that may be empty
        sample = render(subject, body, known.sample, language, name)
        _check_text(channel, sample)
    return sample


def _topic_for(topic: str, channel: str) -> Topic:
    known = TOPICS.get(topic)
    if known is None:
        raise TemplateUnusable(f"there is no topic {topic!r}")
    if channel not in known.channels:
        raise TemplateUnusable(f"{topic} is not sent by {channel}")
    return known


def _check_source(source: str, topic: Topic) -> None:
    try:
        tree = _sandbox.parse(source)
    except TemplateError as problem:
        raise TemplateUnusable(f"{type(problem).__name__}: {problem}") from None
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            raise TemplateUnusable(f"{type(node).__name__} is not allowed: only variables and conditions are")
    if unknown := meta.find_undeclared_variables(tree) - set(topic.sample) - {"name"}:
        raise TemplateUnusable(f"{topic.name} has no variable {', '.join(sorted(unknown))}")


def _check_text(channel: str, text: Text) -> None:
    if not text.body:
        raise TemplateUnusable("the text comes out empty")
    if channel == "sms":
        if text.subject:
            raise TemplateUnusable("a short message has no subject")
        if (parts := len(pieces_of(text.body))) > MOST_SMS_PARTS:
            raise TemplateUnusable(f"{parts} parts: a short message has at most {MOST_SMS_PARTS}")
    elif not text.subject:
        raise TemplateUnusable(f"a message by {channel} needs a subject")


@lru_cache(maxsize=1024)
def _compiled(source: str) -> Template:
    return _sandbox.from_string(source)
