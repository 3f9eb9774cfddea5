"""The book that the ledger benchmark writes in: a database of points with members, wallets and buckets of its own."""

from datetime import date

import sqlalchemy as sa

from services.chassis.clock import SystemClock, local_date
from services.chassis.data.database import make_engine
from services.chassis.data.work import ReceivedEvent, Work, Works
from services.chassis.ids import new_id
from services.chassis.migrate import migrate
from services.members import contract as members
from services.points.domain.buckets import Share, total
from services.points.domain.chart import GENERAL_POOL, POINTS, issue_account
from services.points.storage.entries import Leg, write_legs
from services.points.storage.grants import WalletChange, change_wallets
from services.points.storage.invariants import INVARIANTS
from services.points.storage.journals import Deed, next_journal_id, write_journal
from services.points.usecases.open_accounts import open_accounts
from services.points.usecases.seal_journals import seal_journals
from tests.load.failures import BenchFailed

WALLETS = 4000
POINTS_EACH_DAY = 1_000_000
AT_ONCE = 1000
# Numbers that nothing else has: the script of pgbench knows them by their size.
FIRST_MEMBER, FIRST_ACCOUNT, FIRST_JOURNAL, FIRST_VERSION = 100_000_000, 7_000_000_000, 3_000_000_000, 5_000_000_000
_NUMBER_VERSIONS = sa.text("UPDATE account SET version = :version WHERE kind = 'wallet'")
_WALLET_IDS = sa.text("SELECT id FROM account WHERE kind = 'wallet' ORDER BY owner")


def member_id(number: int) -> str:
    """The member with wallet ``number``, 0 and up; its account is FIRST_ACCOUNT + number."""
    return f"mbr_{FIRST_MEMBER + number:032d}"


def write_book(url: str) -> None:
    """WALLETS wallets with points in five buckets, the next ends of years and months."""
    migrate("points", url)
    engine = make_engine(url, 1)
    with engine.begin() as connection:
        connection.execute(sa.text(f"ALTER SEQUENCE account_id_seq RESTART {FIRST_ACCOUNT}"))
        connection.execute(sa.text(f"ALTER SEQUENCE journal_id_seq RESTART {FIRST_JOURNAL}"))
    works = Works(engine)
    for first in range(0, WALLETS, AT_ONCE):
        works.apply(_enrolled(range(first, first + AT_ONCE)), open_accounts)
        with works.begin() as work:
            _fill(work, first)
    with engine.begin() as connection:
        connection.execute(_NUMBER_VERSIONS, {"version": FIRST_VERSION})
        if list(connection.scalars(_WALLET_IDS)) != list(range(FIRST_ACCOUNT, FIRST_ACCOUNT + WALLETS)):
            raise BenchFailed("the wallets have other numbers than the script of pgbench knows")
    engine.dispose()


def tidy(url: str) -> None:
    """As after a night: no dead rows, and plans are made for the sizes that tables have."""
    engine = make_engine(url, 1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM (FULL, ANALYZE)"))
    engine.dispose()


def insist_on_order(url: str) -> None:
    """A ledger that is quick and wrong has no figures. Its journals are sealed first, as the service does meanwhile."""
    engine = make_engine(url, 1)
    works = Works(engine)
    while seal_journals(works):
        pass
    with engine.connect() as connection:
        connection.execute(sa.text("SET statement_timeout = 0"))  # the book may be a large one
        broken = [name for name, query in INVARIANTS.items() if connection.execute(sa.text(query)).first()]
    engine.dispose()
    if broken:
        raise BenchFailed(f"the audit of the book that was written found: {', '.join(broken)}")


def _enrolled(numbers: range) -> ReceivedEvent:
    now = SystemClock().now()
    card = {
        "subscriber_no": None, "phone": "+8613800000000", "email": None, "name": None, "language": "zh",
        "state": "active", "tier": "registered", "channel": "import", "enrolled_at": now,
    }  # fmt: skip
    cards = [{**card, "member_id": member_id(number)} for number in numbers]
    event = members.MEMBERS_ENROLLED
    return ReceivedEvent(new_id("evt"), event.type, "bench", 1, now, {"members": cards}, "bench")


def _fill(work: Work, first: int) -> None:
    wallets = [FIRST_ACCOUNT + number for number in range(first, first + AT_ONCE)]
    today = local_date(work.now)
    ends = (1, 31), (6, 30), (12, 31)
    days = [date(today.year + 1, *end) for end in ends] + [date(today.year + years, 12, 31) for years in (2, 3)]
    shares = [Share(GENERAL_POOL, day, POINTS_EACH_DAY) for day in days]
    change_wallets(work, [WalletChange(wallet, came=shares, earned=total(shares)) for wallet in wallets], today)
    journal_id = next_journal_id(work)
    legs = [
        Leg(POINTS, share.points, wallet, pool=share.pool, expires_on=share.expires_on)
        for wallet in wallets
        for share in shares
    ]
    write_legs(work, journal_id, [Leg(POINTS, -len(wallets) * total(shares), owner=issue_account("campaign")), *legs])
    write_journal(work, journal_id, Deed.of_fact("bench", str(first)), "accrual", {"points": 0}, source="campaign")
