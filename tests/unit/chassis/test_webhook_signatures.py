import hashlib
import hmac
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.webhook_signatures import is_fresh, is_signed_by, signed_headers

# The vector that the Standard Webhooks specification and its libraries publish.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID, TIMESTAMP = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"
BODY = '{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "whsec_" + b64encode(b"another secret of 32 bytes, yes!").decode()
SENT_AT = datetime.fromtimestamp(int(TIMESTAMP), UTC)


def genuine(secrets=(SECRET,), message_id=MESSAGE_ID, timestamp=TIMESTAMP, signatures=SIGNATURE, body=BODY) -> bool:
    return is_signed_by(secrets, message_id, timestamp, signatures, body)


def test_the_specifications_vector():
    assert genuine()


def test_it_is_hmac_sha256_over_id_timestamp_and_raw_body():
    text = f"{MESSAGE_ID}.{TIMESTAMP}.{BODY}".encode()
    digest = hmac.new(b64decode(SECRET.removeprefix("whsec_")), text, hashlib.sha256).digest()
    assert "v1," + b64encode(digest).decode() == SIGNATURE


@pytest.mark.parametrize(
    "change",
    [
        {"body": BODY.replace("4}", "5}")},
        {"body": '{"test":2432232314}'},  # the same JSON, written anew
        {"message_id": MESSAGE_ID + "x"},
        {"timestamp": str(int(TIMESTAMP) + 1)},
        {"timestamp": TIMESTAMP + ".0"},
        {"timestamp": "1.614265330e9"},
        {"timestamp": "-1"},
        {"timestamp": "²"},
        {"timestamp": ""},
        {"signatures": ""},
        {"signatures": "v1"},
        {"signatures": "v1,"},
        {"signatures": "v1,not base64"},
        {"signatures": "v1a," + SIGNATURE[3:]},
        {"signatures": "v1,签名"},
        {"secrets": (OTHER,)},
        {"secrets": ()},
    ],
)
def test_anything_else_is_not_genuine(change):
    assert not genuine(**change)


def test_one_of_several_signatures_is_enough():
    assert genuine(signatures=f"v1,{b64encode(b'0' * 32).decode()} v1a,xyz {SIGNATURE}")


def test_during_a_rotation_old_and_new_secret_count():
    assert genuine(secrets=(OTHER, SECRET))


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_five_minutes_to_either_side(seconds, fresh):
    assert is_fresh(TIMESTAMP, SENT_AT + timedelta(seconds=seconds)) is fresh


def test_what_we_sign_is_genuine_to_us():
    headers = signed_headers(SECRET, "booking-1", SENT_AT, BODY.encode())
    assert is_signed_by(
        (SECRET,), headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], BODY
    )
