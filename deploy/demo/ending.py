"""The last chapters: what the member received, what the statement says, whether everything adds up."""

from typing import Any

from deploy.demo.hero import Hero
from deploy.demo.shop import eventually
from deploy.demo.teller import Teller
from deploy.ops.invariants import Check, all_checks

LINES_SHOWN = 8
SETTLED_STATUSES = ("completed",)


def read_messages(hero: Hero, teller: Teller, least_sms: int) -> None:
    teller.chapter("messages")
    texts = eventually("the SMS of every step arrive", lambda: _at_least(hero.phone.messages(), least_sms))
    teller.say("messages.sms", count=len(texts))
    for text in texts:
        teller.quote(text if "验证码" not in text and "code" not in text.lower()[:60] else text[:12] + "…")
    subjects = eventually("the e-mails arrive", lambda: _at_least(hero.mailbox.subjects(), 1))
    teller.say("messages.mail", count=len(subjects))
    for subject in subjects:
        teller.quote(subject)
    inbox = hero.shop.get("/v1/messages", limit=100)["messages"]
    teller.say("messages.inbox", count=len(inbox))
    teller.facts["messages"] = {"sms": len(texts), "emails": len(subjects), "inbox": len(inbox)}


def read_statement(hero: Hero, teller: Teller) -> bool:
    """Nothing is held any more, and the lines of the statement sum to the balance."""
    teller.chapter("statement")
    eventually("no points are held", lambda: hero.balance()["held"] == 0)
    balance, lines = hero.balance(), hero.statement()
    for line in lines[:LINES_SHOWN]:
        teller.say("statement.line", **{name: line[name] for name in ("posted_at", "points", "balance", "kind")})
    adds_up = sum(line["points"] for line in lines) == balance["available"]
    teller.check("statement.adds_up", adds_up, available=balance["available"])
    teller.facts["balance"] = {name: balance[name] for name in ("available", "held", "earned_in_all")}
    teller.facts["statement_adds_up"] = adds_up
    return adds_up


def check_everything(teller: Teller) -> bool:
    """All invariants of all services; work that is still under way gets a moment to finish."""
    teller.chapter("checks")
    checks = _settled_checks()
    for service in dict.fromkeys(check.service for check in checks):
        own = [check for check in checks if check.service == service]
        held = sum(check.ok for check in own)
        teller.check("checks.service", held == len(own), service=service, held=held, all=len(own))
    for check in checks:
        if not check.ok:
            teller.say("checks.failed", service=check.service, name=check.name, found=check.found)
    teller.facts["checks"] = [check.as_fact() for check in checks]
    return all(check.ok for check in checks)


def _settled_checks() -> list[Check]:
    """The first complete success, else the last finding."""
    checks = all_checks()
    for _ in range(3):
        if all(check.ok for check in checks):
            break
        checks = all_checks()
    return checks


def _at_least(things: list[Any], count: int) -> list[Any] | None:
    return things if len(things) >= count else None
