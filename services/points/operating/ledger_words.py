"""What the verifier found, in words for operators."""

from collections.abc import Callable
from typing import Any

Finding = dict[str, Any]

WHAT_TO_DO = """
What to do: change nothing, keep database and logs as they are. Restore the newest backup on another server and verify
it there with the same --head; what was booked is what the rows named above say there. Who had the rights of the owner,
and when, is in the server's log. Corrections are new journals, never changed rows.
处理办法：不要改动任何数据，保留数据库与日志；在另一台服务器恢复最近的备份，用相同的 --head 核对；
上面列出的行以备份为准。"""

_SEALS: dict[str, Callable[[Finding], str]] = {
    "seal_altered": lambda one: f"seal of block {one['block']} altered{_columns(one)}",
    "seal_missing": lambda one: f"seal of block {one['block']} is missing",
    "seal_rebuilt": lambda one: f"block {one['block']} was sealed again: the blocks around it know another",
    "block_differs": lambda one: f"block {one['block']} differs, too; too much was changed to name every row",
    "head_missing": lambda one: f"block {one['block']} was known outside and is not there: the chain was cut off",
    "head_differs": lambda one: (
        f"block {one['block']} is not the one that was known outside; one from block {one['rebuilt_from']} on was"
        f" sealed again\n    known {one['known']}\n    found {one['found']}"
    ),
    "checkpoint_altered": lambda one: f"checkpoint {one['no']} of {one['unit']} altered",
    "checkpoint_missing": lambda one: f"checkpoint {one['no']} of {one['unit']} is missing",
    "checkpoint_rebuilt": lambda one: f"checkpoint {one['no']} of {one['unit']} was taken again, over another chain",
    "guard_missing": lambda one: f"{one['guard']} is missing",
    "guard_added": lambda one: f"{one['guard']} is not of this release: {one['found']}",
    "guard_altered": lambda one: f"{one['guard']} is not as released: {one['found']}, not {one['released']}",
    "figure_differs": lambda one: (
        f"{one['table']} {one['key']}{_whose(one)}: {one['column']} is {one['said']}, booked is {one['booked']}"
    ),
    "written_again": lambda one: (
        f"{one['because']} {one['table']} {one['key']}, where rows stay as written: {_noted(one)}"
    ),
    "more": lambda _: "there is more; too much was changed to name it all",
}


def said(finding: Finding) -> str:
    words = _SEALS.get(finding["what"])
    return words(finding) if words else _row(finding)


def _row(finding: Finding) -> str:
    if "key" in finding:
        return f"{finding['what']} {finding['table']}: {finding['key']}, {_noted(finding)}"
    if "record_id" in finding:
        return f"{finding['what']} record {finding['record_id']}, block {finding['block']}"
    what = "altered print of" if finding["what"] == "print_altered" else finding["what"]
    place = f"journal {finding['journal_id']}" + (f" seq {finding['seq']}" if "seq" in finding else "")
    was = f", was {_account(finding['was'])}" if "was" in finding else ""
    return (
        f"{what} {finding['table']}: {place}{_whose(finding)}{was}, booked {finding['day']}, block {finding['block']}"
    )


def _noted(finding: Finding) -> str:
    if "noted_at" not in finding:
        return "never noted"
    return f"noted {finding['noted_at']:%Y-%m-%d %H:%M:%S%z} by {finding['noted_by']}"


def _whose(finding: Finding) -> str:
    return f", {_account(finding)}" if "account_id" in finding else ""


def _account(account: Finding) -> str:
    if account["owner"] is None:
        return f"account {account['account_id']}, which does not exist"
    return f"{account['unit']} {account['kind']} of {account['owner']} (account {account['account_id']})"


def _columns(finding: Finding) -> str:
    return f": {', '.join(finding['columns'])}" if finding["columns"] else ""
