"""Neither the mail server nor the SMS centre is waited for while a transaction is open."""

import pytest

from services.chassis.open_transaction import AskedInTransaction, open_transaction
from services.notifications.adapters.smpp import SmppLine
from services.notifications.adapters.smtp import SmtpLine


@pytest.mark.parametrize(
    "send", [lambda: SmtpLine.send_all(None, []), lambda: SmppLine.submit(None, None)], ids=["mail", "sms"]
)
def test_nothing_is_sent_in_a_transaction(send):
    with open_transaction(), pytest.raises(AskedInTransaction):
        send()
