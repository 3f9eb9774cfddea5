"""Verbs on the liability: the report of a month, as it is or as it was closed, and the close itself."""

import argparse
from collections.abc import Sequence
from typing import Any

from services.chassis.data.work import Works
from services.chassis.money import yuan
from services.chassis.operations import DONE, FOUND, Verb
from services.chassis.showing import say_json, table
from services.points.contract import REPORT_CLOSED
from services.points.domain.liability.months import Month
from services.points.usecases.close_month import close_month, parts_that_differ
from services.points.usecases.report_liability import report_liability

LINES = {
    "opening": "期初 opening",
    "deferred": "+ 新增递延 deferred by new points",
    "moved": "+ 转入转出 moved with points",
    "undone": "- 追回 undone",
    "redeemed": "- 兑换确认 earned by redemption",
    "expired": "- 过期确认 earned by expiry",
    "re_estimated": "- 重新估计 earned by re-estimates",
    "closing": "期末 closing",
}


def show(works: Works, options: argparse.Namespace) -> int:
    if options.again:
        return _show_again(works, options)
    return _say(report_liability(works, options.month), options)


def close(works: Works, options: argparse.Namespace) -> int:
    return _say(close_month(works, options.month), options)


def _show_again(works: Works, options: argparse.Namespace) -> int:
    differing = parts_that_differ(works, options.month)
    if options.json:
        say_json({"month": str(options.month), "differing": differing})
    elif differing:
        print(f"✗ {options.month}: {', '.join(differing)}")
    else:
        print(f"✓ {options.month}")
    return FOUND if differing else DONE


def _say(report: dict[str, Any], options: argparse.Namespace) -> int:
    if options.json:
        say_json(report)
    else:
        print("\n".join(readable(report)))
    return DONE


def readable(report: dict[str, Any]) -> list[str]:
    closed = report["status"] == REPORT_CLOSED
    state = f"已结账 closed {report['closed_at']:%Y-%m-%d %H:%M:%S}Z" if closed else "未结账 open"
    lines = [
        f"积分负债 Points liability {report['month']}: {state}",
        f"截至 until {report['day']}, 已入账 booked by {report['booked_by']}, 上期 follows {report['follows'] or '-'}",
    ]
    for unit in report["units"]:
        lines += ["", f"== {unit['unit']} ==", *_unit(unit)]
        lines += ["", "按到期月与来源 by expiry month and source", *_outstanding(_of(unit, report["outstanding"]))]
        lines += ["", "按来源 by source", *_sources(_of(unit, report["sources"]))]
    return lines


def _of(unit: dict[str, Any], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["unit"] == unit["unit"]]


def _unit(unit: dict[str, Any]) -> list[str]:
    points, lapsed = unit["points"], unit["lapsed_points"]
    rows = [("积分变动 points", ""), ("期初 opening", _whole(points["opening"]))]
    rows += [(move["kind"], f"{_whole(move['came'])} / -{_whole(move['went'])}") for move in points["movements"]]
    rows += [("期末 closing", _whole(points["closing"])), ("其中已过期未入账 lapsed, not yet booked", _whole(lapsed))]
    rows += [("其中补记以前月份 belated", _whole(points["belated"])), ("递延收入 deferred revenue", "元 CNY")]
    rows += [(words, yuan(unit["fen"][line])) for line, words in LINES.items()]
    return table(rows)


def _outstanding(rows: Sequence[dict[str, Any]]) -> list[str]:
    heading = ("到期月 expires", "来源 source", "积分 points", "面值 value", "预计兑换 expected", "递延收入 deferred")
    return table([heading, *(_place(row) for row in rows)])


def _place(row: dict[str, Any]) -> Sequence[str]:
    points, expected = _whole(row["points"]), _whole(row["expected_points"])
    expires_in = row["expires_in"] or "永久 never"
    return expires_in, row["source"], points, yuan(row["value_fen"]), expected, yuan(row["deferred_fen"])


def _sources(rows: Sequence[dict[str, Any]]) -> list[str]:
    heading = (
        "来源 source",
        "期初 opening",
        "新增 new",
        "确认 earned",
        "期末 closing",
        "兑换率 redeemed",
        "按历史 by history",
    )
    return table([heading, *(_source(row) for row in rows)])


def _source(row: dict[str, Any]) -> Sequence[str]:
    fen = row["fen"]
    earned = fen["redeemed"] + fen["expired"] + fen["re_estimated"]
    return (
        row["source"],
        yuan(fen["opening"]),
        yuan(fen["deferred"] + fen["moved"] - fen["undone"]),
        yuan(earned),
        yuan(fen["closing"]),
        _share(row["redeemed_points"] + row["expected_points"], row["issued_points"]),
        _share(row["estimated_points"], row["left_points"]),
    )


def _whole(number: int) -> str:
    return f"{number:,}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"not a month like 2026-10: {text!r}") from None


def _takes_month(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", type=_month, required=True, metavar="YYYY-MM")


def _takes_month_and_again(parser: argparse.ArgumentParser) -> None:
    _takes_month(parser)
    parser.add_argument("--again", action="store_true", help="work a closed month out again and say what differs")


LIABILITY_VERBS = [
    Verb("ledger liability", "what points outstanding are in money", show, _takes_month_and_again),
    Verb("ledger close-month", "close a month of the liability for good", close, _takes_month),
]
