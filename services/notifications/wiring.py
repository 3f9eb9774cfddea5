"""Puts the lines to the outside together with what they need from inside."""

from services.chassis.data.work import Works
from services.notifications.adapters.smpp import SmppLine
from services.notifications.adapters.smtp import SmtpLine
from services.notifications.domain.outgoing import Receipt
from services.notifications.settings import NotificationSettings
from services.notifications.usecases.settle_receipts import take_receipt


def open_sms_line(works: Works) -> SmppLine:
    def keep(receipt: Receipt) -> None:
        with works.begin() as work:
            take_receipt(work, receipt)

    return SmppLine(works.settings, keep)


def mail_line(settings: NotificationSettings) -> SmtpLine:
    return SmtpLine(settings)
