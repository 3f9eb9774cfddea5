"""Carts and their lines. Whoever changes a cart raises its version first: so all changes of one cart are in a row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

_RAISE = sa.text("""
    INSERT INTO cart (member_id, version) VALUES (:member_id, 1)
    ON CONFLICT (member_id) DO UPDATE SET version = cart.version + 1 RETURNING version
""")
_VERSION = sa.text("SELECT version FROM cart WHERE member_id = :member_id")
_LINES = sa.text("""
    SELECT * FROM cart_line WHERE member_id = :member_id AND quantity > 0 ORDER BY put_at, sku_id, price_id
""")
# A line that was emptied begins anew, as one that never was.
_PUT = sa.text("""
    INSERT INTO cart_line AS line (member_id, sku_id, price_id, goods_id, merchant_id, name_zh, name_en, quantity,
        is_chosen, seen_points, seen_coins, seen_cash_fen, version, put_at, changed_at)
    VALUES (:member_id, :sku_id, :price_id, :goods_id, :merchant_id, :name_zh, :name_en, :quantity,
        true, :points, :coins, :cash_fen, :version, :now, :now)
    ON CONFLICT (member_id, sku_id, price_id) DO UPDATE SET
        quantity = least(line.quantity + excluded.quantity, :most), is_chosen = true,
        version = excluded.version, changed_at = excluded.changed_at,
        name_zh = excluded.name_zh, name_en = excluded.name_en,
        seen_points = CASE line.quantity WHEN 0 THEN excluded.seen_points ELSE line.seen_points END,
        seen_coins = CASE line.quantity WHEN 0 THEN excluded.seen_coins ELSE line.seen_coins END,
        seen_cash_fen = CASE line.quantity WHEN 0 THEN excluded.seen_cash_fen ELSE line.seen_cash_fen END,
        put_at = CASE line.quantity WHEN 0 THEN excluded.put_at ELSE line.put_at END
""")
_CHANGE = sa.text("""
    UPDATE cart_line SET quantity = coalesce(CAST(:quantity AS int), quantity),
        is_chosen = coalesce(CAST(:is_chosen AS boolean), is_chosen), version = :version, changed_at = :now
    WHERE member_id = :member_id AND sku_id = :sku_id AND price_id = :price_id AND quantity > 0
""")
_REMOVE = sa.text("""
    DELETE FROM cart_line USING unnest(CAST(:sku_ids AS text[]), CAST(:price_ids AS text[])) AS gone (sku_id, price_id)
    WHERE member_id = :member_id AND cart_line.sku_id = gone.sku_id AND cart_line.price_id = gone.price_id
""")
# One statement; the row of the cart comes first, as in every other change.
_TAKE = sa.text("""
    WITH raised AS (UPDATE cart SET version = version + 1 WHERE member_id = :member_id RETURNING version)
    UPDATE cart_line SET quantity = greatest(quantity - placed.units, 0), version = raised.version, changed_at = :now
    FROM raised, (
        SELECT sku_id, price_id, sum(units)::int AS units
        FROM unnest(CAST(:sku_ids AS text[]), CAST(:price_ids AS text[]), CAST(:units AS int[]))
            AS each (sku_id, price_id, units) GROUP BY 1, 2
    ) AS placed
    WHERE member_id = :member_id AND cart_line.sku_id = placed.sku_id AND cart_line.price_id = placed.price_id
""")
_FORGET_MEMBER = sa.text("DELETE FROM cart WHERE member_id = :member_id")
_FORGET_OLD = sa.text("""
    WITH old AS MATERIALIZED (
        SELECT member_id, sku_id, price_id FROM cart_line
        WHERE changed_at < :untouched_since OR (quantity = 0 AND changed_at < :emptied_before)
        ORDER BY changed_at LIMIT :most FOR UPDATE SKIP LOCKED
    )
    DELETE FROM cart_line WHERE (member_id, sku_id, price_id) IN (SELECT member_id, sku_id, price_id FROM old)
""")


def raise_version(work: Work, member_id: str) -> int:
    """The version of the cart with this change; nobody else changes it before the commit."""
    return int(work.execute(_RAISE, {"member_id": member_id}).scalar_one())


def version_of(work: Work, member_id: str) -> int:
    """0 of a cart that never was."""
    return work.execute(_VERSION, {"member_id": member_id}).scalar_one_or_none() or 0


def lines_of(work: Work, member_id: str) -> list[dict[str, Any]]:
    """As they are stored, first put in first."""
    return [dict(row) for row in work.execute(_LINES, {"member_id": member_id}).mappings()]


def put(work: Work, member_id: str, version: int, quoted: Mapping[str, Any], most: int) -> None:
    """``quoted`` is what catalog said of the line; up to ``most`` pieces are in one line."""
    named = ("sku_id", "price_id", "goods_id", "merchant_id", "name_zh", "name_en", "quantity")
    seen = {unit: quoted.get(f"unit_{unit}", 0) for unit in ("points", "coins", "cash_fen")}
    told = {"member_id": member_id, "version": version, "most": most, "now": work.now}
    work.execute(_PUT, {**{name: quoted[name] for name in named}, **seen, **told})


def change(work: Work, request: Mapping[str, Any], version: int) -> bool:
    """False if there is no such line."""
    told = {name: request[name] for name in ("member_id", "sku_id", "price_id", "quantity", "is_chosen")}
    return work.execute(_CHANGE, {**told, "version": version, "now": work.now}).rowcount == 1


def remove(work: Work, member_id: str, lines: Sequence[Mapping[str, Any]]) -> None:
    work.execute(_REMOVE, {"member_id": member_id, **_columns(lines)})


def take_placed(work: Work, member_id: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """What was placed is in the cart no more; what was put in besides stays."""
    units = [line["quantity"] for line in lines]
    work.execute(_TAKE, {"member_id": member_id, **_columns(lines), "units": units, "now": work.now})


def forget_member(work: Work, member_id: str) -> None:
    work.execute(_FORGET_MEMBER, {"member_id": member_id})


def forget_old_lines(work: Work, untouched_since: datetime, emptied_before: datetime, most: int) -> int:
    """How many went; lines that somebody has in hand wait for the next time."""
    times = {"untouched_since": untouched_since, "emptied_before": emptied_before}
    return work.execute(_FORGET_OLD, {**times, "most": most}).rowcount


def _columns(lines: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    return {f"{name}s": [line[name] for line in lines] for name in ("sku_id", "price_id")}
