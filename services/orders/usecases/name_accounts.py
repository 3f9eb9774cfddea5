"""For which phone numbers or accounts partners are to switch something on, line by line, before anything is held."""

from typing import Any

from services.chassis.data.work import Works
from services.chassis.refusal import Refused
from services.members import contract as members
from services.orders import contract
from services.orders.domain.provisioning import Provisioner, account_for, provisioners_of, question_of, wants_own_phone
from services.orders.storage.provisioning import provisioners_in_force

Lines = list[dict[str, Any]]


def name_accounts(works: Works, request: dict[str, Any], quote: dict[str, Any]) -> dict[str, Any]:
    """The quote with ``provision_to`` in each of its lines, which stand in the order of the request's. Refuses an
    account that the partner cannot have, and partners that take nothing."""
    said = [line.get("provision_to") for line in request["lines"]]
    partners = _partners_of(works, quote["lines"])
    own_phone = None
    if any(wants_own_phone(wanted, account) for wanted, account in zip(partners, said, strict=True)):
        own_phone = works.rpc.call(members.GET_PHONE, {"member_id": request["member_id"]})["phone"]
    accounts = [
        account_for(wanted, account, own_phone) if wanted else None
        for wanted, account in zip(partners, said, strict=True)
    ]
    lines = [{**line, "provision_to": account} for line, account in zip(quote["lines"], accounts, strict=True)]
    return {**quote, "lines": lines}


def accounts_asked_for(works: Works, lines: Lines) -> Lines:
    """What the buyer of a quote's lines is to name; nothing of partners that nobody knows, who are refused later."""
    named = [provisioners_of(line) for line in lines]
    if not any(named):
        return []
    known = works.run(lambda work, _: provisioners_in_force(work), {})
    numbered = enumerate(named, start=1)
    return [question_of(line_no, known[name]) for line_no, names in numbered for name in names if name in known]


def _partners_of(works: Works, lines: Lines) -> list[list[Provisioner]]:
    """Of each line those who switch on something of it."""
    named = [provisioners_of(line) for line in lines]
    if not any(named):
        return [[] for _ in lines]
    known = works.run(lambda work, _: provisioners_in_force(work), {})
    if unknown := sorted({name for names in named for name in names} - set(known)):
        raise Refused(contract.PROVISIONER_UNKNOWN, "no such partner is configured", provisioners=unknown)
    return [[known[name] for name in names] for names in named]
