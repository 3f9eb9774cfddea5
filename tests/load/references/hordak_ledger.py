"""The reference of the ledger benchmark: a redemption the way django-hordak books, without Django's own cost.

Accounts, transactions and legs; a balance is the sum of an account's legs; a deferred trigger looks at every leg that
its transaction sums to zero. The account that pays is locked first, or two would spend the same points; the one that
is paid is not, for everybody pays it. A redemption is one transfer: nothing is held, answered again or told.

``python -m tests.load.references.hordak_ledger URL CONNECTIONS``; lines in: ``redeem COUNT CONNECTIONS WALLETS``.
"""

import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from services.chassis.data.database import make_engine

TABLES = """
CREATE TABLE hordak_account (
    id serial PRIMARY KEY, uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(), name varchar(255) NOT NULL,
    type varchar(2) NOT NULL, currencies jsonb NOT NULL DEFAULT '["PTS"]');
CREATE TABLE hordak_transaction (
    id serial PRIMARY KEY, uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    timestamp timestamptz NOT NULL DEFAULT now(), date date NOT NULL DEFAULT current_date,
    description text NOT NULL DEFAULT '');
CREATE TABLE hordak_leg (
    id serial PRIMARY KEY, uuid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    transaction_id int NOT NULL REFERENCES hordak_transaction (id) DEFERRABLE INITIALLY DEFERRED,
    account_id int NOT NULL REFERENCES hordak_account (id) DEFERRABLE INITIALLY DEFERRED,
    credit numeric(13, 2) CHECK (credit <> 0), debit numeric(13, 2) CHECK (debit <> 0), currency varchar(3) NOT NULL,
    description text NOT NULL DEFAULT '');
CREATE INDEX ON hordak_leg (transaction_id);
CREATE INDEX ON hordak_leg (account_id);
CREATE FUNCTION check_leg() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    non_zero record;
BEGIN
    IF NEW.debit IS NULL AND NEW.credit IS NULL OR NEW.debit IS NOT NULL AND NEW.credit IS NOT NULL THEN
        RAISE EXCEPTION 'either the debit or the credit field must be specified';
    END IF;
    SELECT abs(sum(coalesce(debit, 0) - coalesce(credit, 0))) AS total, currency INTO non_zero FROM hordak_leg
    WHERE transaction_id = NEW.transaction_id GROUP BY currency
    HAVING abs(sum(coalesce(debit, 0) - coalesce(credit, 0))) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Sum of transaction amounts in each currency must be 0';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION check_leg_and_account_currency_match() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM hordak_account WHERE id = NEW.account_id AND currencies @> to_jsonb(ARRAY[NEW.currency]::text[]);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Destination Account does not support the currency';
    END IF;
    RETURN NEW;
END $$;
CREATE CONSTRAINT TRIGGER check_leg_trigger AFTER INSERT OR UPDATE ON hordak_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_leg();
CREATE CONSTRAINT TRIGGER check_leg_and_account_currency_match_trigger AFTER INSERT OR UPDATE ON hordak_leg
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_leg_and_account_currency_match()
"""
ISSUED, REDEEMED, FIRST_WALLET = 1, 2, 3
POINTS, POINTS_EACH = 7, 1_000_000
_ACCOUNTS = sa.text("""
    INSERT INTO hordak_account (name, type) SELECT 'account ' || n, 'LI' FROM generate_series(1, :count) AS n
""")
_TRANSACTION = sa.text("INSERT INTO hordak_transaction (description) VALUES (:description) RETURNING id")
_ISSUE = sa.text("""
    INSERT INTO hordak_leg (transaction_id, account_id, credit, debit, currency)
    SELECT :transaction_id, id, :points, NULL, 'PTS' FROM hordak_account WHERE id >= :first
    UNION ALL
    SELECT :transaction_id, :issued, NULL, :points * count(*), 'PTS' FROM hordak_account WHERE id >= :first
""")
_LOCK = sa.text("SELECT id FROM hordak_account WHERE id = :payer FOR UPDATE")
_BALANCE = sa.text("""
    SELECT coalesce(sum(coalesce(credit, 0) - coalesce(debit, 0)), 0) FROM hordak_leg WHERE account_id = :account_id
""")
_LEG = sa.text("""
    INSERT INTO hordak_leg (transaction_id, account_id, credit, debit, currency)
    VALUES (:transaction_id, :account_id, :credit, :debit, 'PTS')
""")


def write_book(url: str, wallets: int) -> None:
    """``wallets`` accounts with points from one great transaction."""
    engine = make_engine(url, 1)
    with engine.begin() as connection:
        connection.exec_driver_sql(TABLES)
        connection.execute(_ACCOUNTS, {"count": wallets + FIRST_WALLET - 1})
        issuing = connection.execute(_TRANSACTION, {"description": "issued"}).scalar_one()
        values = {"transaction_id": issuing, "points": POINTS_EACH, "first": FIRST_WALLET, "issued": ISSUED}
        connection.execute(_ISSUE, values)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE)")
    engine.dispose()


def redeem(engine: sa.Engine, wallet: int) -> None:
    """Lock, balance, transfer."""
    with engine.begin() as connection:
        connection.execute(_LOCK, {"payer": wallet}).all()
        if connection.execute(_BALANCE, {"account_id": wallet}).scalar_one() < POINTS:
            raise ValueError("not enough points")
        transaction_id = connection.execute(_TRANSACTION, {"description": "redeemed"}).scalar_one()
        leg = {"transaction_id": transaction_id, "credit": None, "debit": None}
        connection.execute(_LEG, {**leg, "account_id": wallet, "debit": POINTS})
        connection.execute(_LEG, {**leg, "account_id": REDEEMED, "credit": POINTS})


def some(engine: sa.Engine, count: int, wallets: int) -> list[float]:
    latencies = []
    for _ in range(count):
        started = time.perf_counter()
        redeem(engine, FIRST_WALLET + random.randrange(wallets))
        latencies.append((time.perf_counter() - started) * 1000)
    return latencies


def burst(engine: sa.Engine, count: int, connections: int, wallets: int) -> list[float]:
    with ThreadPoolExecutor(connections) as pool:
        threads = [pool.submit(some, engine, count // connections, wallets) for _ in range(connections)]
    return [took for thread in threads for took in thread.result()]


def main(url: str, connections: str) -> None:
    engine = make_engine(url, int(connections), "bench-hordak")
    print("ready", flush=True)
    for line in sys.stdin:
        _, count, at_once, wallets = line.split()
        print(json.dumps(burst(engine, int(count), int(at_once), int(wallets))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
