"""Every rule there is, declared once."""

from decimal import Decimal

from services.points.domain.chart import COINS, MONEY, POINTS, SPENDABLE
from services.points.domain.debts import AS_DEBT, WITHIN_BALANCE
from services.points.domain.exchange import KEEP, POLICY
from services.points.domain.expiry import ROUNDINGS, ExpiryPolicy
from services.points.domain.expiry import RULES as LIVES
from services.points.domain.expiry import defect_of as defect_of_policy
from services.points.domain.liability.layers import MOVES
from services.points.domain.liability.recognition import GIVEN, SALE, SOLD
from services.points.domain.liability.terms import ANY
from services.points.domain.rules.agreements import FEN
from services.points.domain.rules.kinds import Exact, Flag, Names, OneOf, OrNothing, Title, Whole
from services.points.domain.rules.rule import Row, Rule, Words, by_name, fields
from services.points.domain.rules.settings import SETTINGS, out_of_bounds

_MOST = 1_000_000_000
_POINTS, _SOME_POINTS = Whole(0, _MOST), Whole(1, _MOST)
_UNIT = OneOf(SPENDABLE)
_EARNED = ("bill", "sign_up", "check_in", "purchase", "referral", "review", "survey", "campaign")
_SOURCES = (ANY, *_EARNED, "adjustment", "top_up")
_SOURCE, _SOURCE_OR_MOVE = OneOf(_SOURCES), OneOf((*_SOURCES, *MOVES))
_POOL = Whole(0, 32_767)
_LONGEST_NOTICE = 365  # days


def _range_of_gifts(row: Row) -> str | None:
    return "the largest gift is not smaller than the smallest" if row["largest"] < row["smallest"] else None


def _two_units(row: Row) -> str | None:
    return "nothing is exchanged for itself" if row["from_unit"] == row["to_unit"] else None


def _life_of_bought(row: Row) -> str | None:
    keeps = row["from_unit"] == MONEY and row["expiry"] == KEEP
    return "money has no last day to keep: expiry is policy" if keeps else None


def _price(row: Row) -> str | None:
    if (row["basis"] == GIVEN) == (row["fen"] is None):
        return None
    return "what is given has no fen: say fen= and nothing" if row["basis"] == GIVEN else "what is paid for has fen"


def _life(row: Row) -> str | None:
    return defect_of_policy(ExpiryPolicy(row["rule"], row["amount"], row["rounding"]))


RULES: dict[str, Rule] = by_name(
    [
        Rule(
            "bill_accrual_rule",
            Words("what paid charges earn", "话费积分规则"),
            fields(
                ("points_per_yuan", Exact(Decimal(0), Decimal("99999.9999"), 4), "points a yuan", "每元积分"),
                ("largest_points_per_line", OrNothing(_SOME_POINTS), "most points of a line", "单行积分上限"),
                ("largest_points_per_member", OrNothing(_SOME_POINTS), "most points in a run", "每户每批积分上限"),
                ("excluded_kinds", Names("[a-z][a-z_]{0,29}"), "kinds that earn nothing", "不计积分的费用类型"),
                ("decreases", OneOf((WITHIN_BALANCE, AS_DEBT)), "if corrected points are spent", "更正扣回方式"),
            ),
        ),
        Rule(
            "sign_up_bonus",
            Words("what joining earns", "注册奖励积分"),
            fields(("points", _POINTS, "points; 0: none", "积分，0 为不奖励")),
        ),
        Rule(
            "exchange_rate",
            Words("what a unit costs in another", "兑换比例"),
            fields(
                ("from_unit", OneOf((POINTS, COINS, MONEY)), "what is given; CNY is in fen", "支付单位，CNY 以分计"),
                ("to_unit", _UNIT, "what is bought", "兑入单位"),
                ("give", _SOME_POINTS, "so much is given", "支付数量"),
                ("get", _SOME_POINTS, "for so much", "兑入数量"),
                ("expiry", OneOf((KEEP, POLICY)), "its last day: kept, or by policy", "有效期沿用或另定"),
                ("open", Flag(), "whether this way is open", "是否开放"),
            ),
            scope=("from_unit", "to_unit"),
            checks=(_two_units, _life_of_bought),
        ),
        Rule(
            "gift_limit",
            Words("how much members may give each other", "转赠限额"),
            fields(
                ("smallest", _SOME_POINTS, "points of the smallest gift", "单笔下限"),
                ("largest", _SOME_POINTS, "points of the largest gift", "单笔上限"),
                ("points_a_day", _POINTS, "points a giver and day", "每日积分上限"),
                ("points_a_month", _POINTS, "points a giver and month", "每月积分上限"),
                ("gifts_a_day", Whole(0, 1_000_000), "gifts a giver and day", "每日笔数上限"),
            ),
            checks=(_range_of_gifts,),
        ),
        Rule(
            "expiry_policy",
            Words("how long points live", "积分有效期"),
            fields(
                ("source", OneOf((*_SOURCES, "exchange")), "what earns them; *: any other", "来源，* 为其他"),
                ("unit", OrNothing(_UNIT), "points or coins; nothing: both", "单位，空为不限"),
                ("pool", OrNothing(_POOL), "number of the pool; nothing: any", "积分池编号，空为不限"),
                ("rule", OneOf(LIVES), "how the last day is found", "有效期规则"),
                ("amount", Whole(0, 1_200), "months or years; 0 of never", "月数或年数，never 为 0"),
                ("rounding", OrNothing(OneOf(ROUNDINGS)), "end of what; fixed_months only", "取整，仅 fixed_months"),
            ),
            scope=("source", "unit", "pool"),
            checks=(_life,),
        ),
        Rule(
            "expiry_notice",
            Words("whether members are told so many days before", "到期提醒"),
            fields(
                ("days_before", Whole(1, _LONGEST_NOTICE), "days before the last one", "提前天数"),
                ("given", Flag(), "whether it is given", "是否提醒"),
            ),
            scope=("days_before",),
        ),
        Rule(
            "pool",
            Words("what may be done with points of a pool", "积分池用途"),
            fields(
                ("no", _POOL, "number of the pool", "积分池编号"),
                ("name", Title(60), "for people", "名称"),
                ("giftable", Flag(), "may be given to others", "可转赠"),
                ("exchangeable", Flag(), "may be exchanged", "可兑换"),
            ),
            scope=("no",),
        ),
        Rule(
            "point_value",
            Words("what a point buys when it is redeemed", "积分价值"),
            fields(("unit", _UNIT, "points or coins", "单位"), ("fen", FEN, "fen a point", "每分值(分)")),
            scope=("unit",),
        ),
        Rule(
            "point_consideration",
            Words("how points are paid for", "积分对价"),
            fields(
                ("unit", _UNIT, "points or coins", "单位"),
                ("source", _SOURCE, "what earns them; *: any other", "来源，* 为其他"),
                ("basis", OneOf((SALE, SOLD, GIVEN)), "with a sale, sold themselves, or given", "随售、出售或赠送"),
                ("fen", OrNothing(FEN), "fen paid for one point", "每分对价(分)"),
            ),
            scope=("unit", "source"),
            checks=(_price,),
        ),
        Rule(
            "breakage_assumption",
            Words("share never redeemed, where history is thin", "沉淀率假设"),
            fields(
                ("unit", _UNIT, "points or coins", "单位"),
                ("source", _SOURCE_OR_MOVE, "where they came from; *: any other", "来源，* 为其他"),
                ("share", Exact(Decimal(0), Decimal(1), 6), "0 to 1", "比例，0 至 1"),
            ),
            scope=("unit", "source"),
        ),
        Rule(
            "ledger_setting",
            Words("graces, alarms, sizes of steps", "账本设置"),
            fields(
                ("name", OneOf(tuple(SETTINGS)), "which setting", "设置名"),
                ("value", Whole(0, 10**15), "within the bounds of its name", "取值"),
            ),
            scope=("name",),
            checks=(out_of_bounds,),
            named=SETTINGS,
        ),
    ]
)
