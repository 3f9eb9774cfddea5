"""``./mall ops <area> …``. ``./mall ops <area> --help`` says more."""

import importlib
import sys
from collections.abc import Callable

# area: (module with main(arguments, what was typed), the words put before the arguments, what it does)
AREAS: dict[str, tuple[str, list[str], str]] = {
    "bill-run": ("services.points.ops", ["bill-run"], "import a bill run, resume it, see its rejects / 话费账单入账"),
    "order": ("services.orders.ops", [], "show an order with everything that happened to it / 查看订单"),
    "member": ("services.members.ops", [], "show a member, change the account's state / 会员查询与状态"),
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
