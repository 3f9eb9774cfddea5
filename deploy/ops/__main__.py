"""``./mall ops <area> …``. ``./mall ops <area> --help`` says more."""

import importlib
import sys
from collections.abc import Callable

# area: (module with main(arguments, what was typed), the words put before the arguments, what it does)
AREAS: dict[str, tuple[str, list[str], str]] = {
    "bill-run": ("services.points.ops", ["bill-run"], "import a bill run, resume it, see its rejects / 话费账单入账"),
    "expiry": ("services.points.ops", ["expiry"], "expiry of points: policies, notices, runs / 积分到期"),
    "rule": ("services.points.ops", ["rule"], "rules of points, changed by two persons / 积分规则(双人复核)"),
    "ledger": ("services.points.ops", ["ledger"], "prove it, audit it, points in money / 账本核对与积分负债"),
    "account": ("services.points.ops", ["account"], "freeze a points account, open it again / 积分账户冻结与解冻"),
    "adjustment": ("services.points.ops", ["adjustment"], "points by hand, by two persons / 人工调整(双人复核)"),
    "catalog": ("services.catalog.ops", [], "goods, stock, limits, sales, reviews / 商品、库存、限购、秒杀与审核"),
    "order": ("services.orders.ops", [], "orders: all that happened to one, find, unstick, flows, payouts / 订单"),
    "case": ("services.orders.ops", ["case"], "after the sale: refunds, returns, exchanges, disputes / 售后"),
    "member": ("services.members.ops", [], "show a member, change the account's state / 会员查询与状态"),
    "segment": ("services.members.ops", ["segment"], "groups of members, by hand and by rule / 用户分群"),
    "staff": ("services.members.ops", ["staff"], "keys of operations and finance people / 运营与财务人员密钥"),
    "parcel": ("services.logistics.ops", [], "carrier callbacks and parcels that need a person / 待人工处理的包裹"),
    "template": ("services.notifications.ops", [], "preview message templates / 预览消息模板"),
    "dead-letters": ("deploy.ops.dead_letters", [], "events that could not be handled: list, replay / 死信查看与重放"),
    "check": ("deploy.ops.check", [], "every invariant of every service's database / 核对所有数据库"),
}
PROGRAM = "./mall ops"


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
        return 0
    area, rest = arguments[0], arguments[1:]
    if area not in AREAS:
        print(f"there is no area {area!r}\n\n{usage()}", file=sys.stderr)
        return 2
    module, words, _ = AREAS[area]
    run: Callable[[list[str], str], int] = importlib.import_module(module).main
    typed = " ".join([PROGRAM] if words else [PROGRAM, area])  # for usage lines: the words come behind it by themselves
    return run([*words, *rest], typed)


def usage() -> str:
    width = max(map(len, AREAS))
    lines = [f"  {area:<{width}}  {meaning}" for area, (_, _, meaning) in AREAS.items()]
    return "\n".join([f"usage: {PROGRAM} <area> …", "", *lines])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
