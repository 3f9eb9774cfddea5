"""The life of a case as a table."""

from services.chassis.transitions import Transitions

# A cancellation follows its order, and nobody decides it. Any other case may be disputed once when it is rejected or
# closed; a unit whose case was rejected or withdrawn is free for another one.
CASE = Transitions(
    name="case",
    initial="requested",
    table={
        "requested": {
            "approve_refund": "refunding",
            "approve_refund_of_codes": "voiding",
            "approve_return": "awaiting_return",
            "reject": "rejected",
            "withdraw": "withdrawn",
            "call_off": "cancelling",
        },
        "voiding": {"voided": "refunding", "reject": "rejected"},
        "cancelling": {"cancelled": "closed", "resumed": "rejected"},
        "awaiting_return": {
            "send_back": "sent_back",
            "accept": "refunding",
            "accept_exchange": "replacing",
            "reject": "rejected",
            "withdraw": "withdrawn",
        },
        "sent_back": {"accept": "refunding", "accept_exchange": "replacing", "reject": "rejected"},
        "replacing": {"replace": "closed", "run_out": "refunding"},
        "refunding": {"settle": "closed"},
        "rejected": {"dispute": "disputed"},
        "disputed": {
            "uphold": "closed",
            "overrule": "refunding",
            "overrule_of_codes": "voiding",
            "overrule_return": "awaiting_return",
        },
        "withdrawn": {},
        "closed": {"dispute": "disputed"},
    },
)
SETTLED = ("rejected", "withdrawn", "closed")
OPEN = tuple(status for status in CASE.states if status not in SETTLED)
