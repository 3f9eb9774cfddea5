"""Cash that is promised for the door: on whose credit, and how much of it at a time."""

from collections.abc import Sequence
from dataclasses import replace

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.logistics import contract as logistics
from services.members import contract as members
from services.orders import contract
from services.orders.domain.cash_on_delivery import NOT_COLLECTED_THERE
from services.orders.domain.placing import Draft
from services.orders.domain.promises import credit_of
from services.orders.storage.locks import lock_promises
from services.orders.storage.promises import promised_by


def with_credit(works: Works, drafts: Sequence[Draft]) -> list[Draft]:
    """What is paid first needs none. Members and logistics are asked outside of any transaction, and the credit goes
    with the drafts; raises Refused with the reasons if it is a no."""
    promising = [draft for draft in drafts if draft.is_paid_on_delivery]
    if not promising:
        return list(drafts)
    require_collection(works, promising)
    credit = credit_of(works.rpc.call(members.GET_CREDIT, {"member_id": drafts[0].member_id}))
    if not credit.is_offered:
        raise not_offered(credit.reasons)
    return [replace(draft, credit=credit) if draft.is_paid_on_delivery else draft for draft in drafts]


def require_collection(works: Works, drafts: Sequence[Draft]) -> None:
    """Raises Refused if no carrier collects cash where they are to be carried. A configuration that changes later is no
    harm: the parcel waits for a carrier that does."""
    for province in sorted({draft.delivery_address["province"] for draft in drafts if draft.delivery_address}):
        if not works.rpc.call(logistics.CHECK_COLLECTION, {"province": province})["is_offered"]:
            raise not_offered([NOT_COLLECTED_THERE])


def promise_cash(work: Work, drafts: Sequence[Draft]) -> None:
    """The drafts of one purchase. Of several placings of one member at once as many succeed as the credit allows: each
    counts those before it. Raises Refused, also if goods were recomposed since the quote, and are not all carried any
    more."""
    promising = [draft for draft in drafts if draft.credit]
    if not promising:
        return
    if {delivery for draft in promising for delivery in draft.deliveries} != {contract.PARCEL}:
        raise Refused(contract.COMBINATION_NOT_OFFERED, "not all of it is carried", variants=[contract.ON_DELIVERY])
    first = promising[0]
    lock_promises(work, first.member_id)
    promised = promised_by(work, first.member_id, besides=first.purchase_id)
    cash_fen = sum(draft.cash_fen for draft in promising)
    against = first.credit.objections(promised, cash_fen, len(promising)) if first.credit else []
    if against:
        raise not_offered(against)


def not_offered(reasons: tuple[str, ...] | list[str]) -> Refused:
    return Refused(
        contract.ON_DELIVERY_NOT_OFFERED, "cash on delivery is not offered to this member now", reasons=list(reasons)
    )
