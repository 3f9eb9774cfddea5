"""Verbs on accounts under suspicion. Freezing takes a reason, and so does lifting a freeze."""

import argparse
from typing import Any

from services.chassis.contract import Command
from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json
from services.points import contract
from services.points.usecases.freeze_account import freeze_account, unfreeze_account
from services.points.usecases.get_account import get_account


def freeze(works: Works, options: argparse.Namespace) -> int:
    request = {"member_id": options.member_id, "reason": options.because}
    return _show(_done(works, contract.FREEZE_ACCOUNT, freeze_account, request), options)


def unfreeze(works: Works, options: argparse.Namespace) -> int:
    request = {"freeze_id": options.freeze_id, "reason": options.because}
    return _show(_done(works, contract.UNFREEZE_ACCOUNT, unfreeze_account, request), options)


def show(works: Works, options: argparse.Namespace) -> int:
    request = contract.GET_ACCOUNT.load_request({"member_id": options.member_id})
    account = contract.GET_ACCOUNT.dump_reply(works.run(get_account, request))
    if options.json:
        say_json(account)
        return DONE
    print(f"{account['member_id']}: member {account['state']}, account {account['status']}")
    for row in [*account["wallets"], *account["freezes"]]:
        print(brief({name: value for name, value in row.items() if value is not None}))
    return DONE


def _done(works: Works, command: Command, usecase: Any, request: dict[str, Any]) -> dict[str, Any]:
    loaded = command.load_request({"request_id": new_id("req"), **request})
    return works.once(command, usecase, loaded)


def _show(answer: dict[str, Any], options: argparse.Namespace) -> int:
    if options.json:
        say_json(answer)
    else:
        print(brief(answer))
    return DONE


def _takes_member(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("member_id", metavar="MEMBER")


def _takes_freeze(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("freeze_id", metavar="FREEZE", help="as `account show` names it")
    _takes_reason(parser)


def _takes_member_and_reason(parser: argparse.ArgumentParser) -> None:
    _takes_member(parser)
    _takes_reason(parser)


def _takes_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


ACCOUNT_VERBS = [
    Verb("account freeze", "nothing is earned or spent any more; open orders go on", freeze, _takes_member_and_reason),
    Verb("account unfreeze", "lift one freeze", unfreeze, _takes_freeze),
    Verb("account show", "state, wallets and freezes, lifted ones too", show, _takes_member),
]
