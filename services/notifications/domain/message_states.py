"""The life of a message by SMS or e-mail."""

from services.chassis.transitions import Transitions

MESSAGE = Transitions(
    "message",
    "queued",
    {
        "queued": {"claim": "sending", "expire": "failed"},
        "sending": {"accept": "sent", "retry": "queued", "claim": "sending", "refuse": "failed", "expire": "failed"},
        "sent": {"receipt_delivered": "delivered", "receipt_failed": "failed"},
        "delivered": {},
        "failed": {},
    },
)
