"""What ours says to PostgreSQL for one redemption, as a script for pgbench: recorded, so that it is always the same."""

import re

from services.chassis.data.database import make_engine
from services.chassis.data.plans import USES_UNTIL_PLANNED
from tests.load.driver_messages import Sent, listening, plans_in
from tests.load.ledger_book import FIRST_ACCOUNT, FIRST_JOURNAL, FIRST_MEMBER, FIRST_VERSION, WALLETS, member_id
from tests.load.ledger_requests import redeem

DRAWS = f"""\\set member random({FIRST_MEMBER}, {FIRST_MEMBER + WALLETS - 1})
\\set account :member + {FIRST_ACCOUNT - FIRST_MEMBER}
\\set n :n + 1
"""
ORDER_KEYS = "ord_" + "a" * 32, "req_" + "b" * 32, "req_" + "c" * 32
NUMBER = f"{'0' * 20}:client_id:n"  # every client counts its orders; -D says from where on
# What the first statement of a transaction tells the second.
TOLD = {"journal_id": str(FIRST_JOURNAL)[0], "version": str(FIRST_VERSION)[0]}


def redemption_script(url: str) -> str:
    """A hold and its capture, every message to the server as ours sends it; what differs from order to order is a
    variable. ``-M simple -D fresh=1``: that is how the driver talks, and what a new session has to plan."""
    engine = make_engine(url, 1)
    with listening() as first:
        for turn in range(1, USES_UNTIL_PLANNED + 1):
            redeem(engine, member_id(turn), f"ord_{turn:032}", f"req_{turn:032}", f"req_{-turn:032}")
    with listening() as sent:
        redeem(engine, member_id(0), *ORDER_KEYS)
    engine.dispose()
    once = ["\\if :fresh", *map(_line, plans_in(first)), "\\set fresh 0", "\\endif"]
    return DRAWS + "\n".join([*once, *map(_with_variables, sent), ""])


def _with_variables(sent: Sent) -> str:
    text = sent.text.replace(member_id(0), member_id(0).replace(str(FIRST_MEMBER), ":member"))
    for key in ORDER_KEYS:
        text = text.replace(key, key[:4] + NUMBER)
    text = re.sub(r"evt_\w{32}", f"evt_{NUMBER}", text).replace(str(FIRST_ACCOUNT), ":account")
    for name, digit in TOLD.items():
        text = re.sub(rf"(:?)\b{digit}\d{{9}}\b", rf"\1 :{name}", text)
    return _line(text.replace(";", r" \;"), end=r" \gset" if "journal_id" in sent.columns else ";")


def _line(text: str, end: str = ";") -> str:
    return " ".join(text.split()) + end
