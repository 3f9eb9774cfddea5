"""The life of a case as a table."""

from services.chassis.transitions import Transitions

# A cancellation follows its order, and whether single pieces can be withheld say those who have them: nobody decides
# either. What gave nothing back yet is overtaken by the cancellation of its order. Any other case may be disputed once
# when it is rejected or closed; a unit whose case was rejected or withdrawn is free for another one.
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
            "withhold": "withholding",
            "overtake": "withdrawn",
        },
        "voiding": {"voided": "refunding", "reject": "rejected", "overtake": "withdrawn"},
        "cancelling": {"cancelled": "closed", "resumed": "rejected"},
        "withholding": {"withheld": "refunding", "went_out": "rejected", "overtake": "withdrawn"},
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
            "overtake": "withdrawn",
        },
        "withdrawn": {},
        "closed": {"dispute": "disputed"},
    },
)
# While it is there somebody outside is asked, until they answer: what for, as policies of steps name it.
ERRANDS = {
    "voiding": "void_codes",
    "withholding": "withhold_pieces",
    "refunding": "give_back",
    "replacing": "replace_goods",
}
SETTLED = ("rejected", "withdrawn", "closed")
