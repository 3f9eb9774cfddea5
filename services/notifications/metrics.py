"""What notifications measures beside the chassis."""

from prometheus_client import Counter, Gauge

MESSAGES = Counter("mall_messages_total", "Tries to send a message", ["channel", "outcome"])
SMS_BOUND = Gauge("mall_sms_bound", "1 while the SMPP session is bound", ["provider"])
