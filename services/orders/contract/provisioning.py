"""Partners that switch things on: how they are configured, and what they tell."""

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, text
from services.orders.contract.vocabulary import (
    CALLBACK_NOT_GENUINE,
    PROVISIONER_INVALID,
    PROVISIONER_UNKNOWN,
    PROVISIONING_CALLBACK_MALFORMED,
    PROVISIONING_STATES,
    PROVISIONING_UNKNOWN,
    SERVICE,
)

ASKED_FOR = ("phone", "account")
OWN_PHONE = "own_phone"


class PutProvisioner(Request):
    """A partner, from now on. ``asks_for`` is what the buyer gives, by ``pattern``, a regular expression for all of it;
    a phone is the member's own if none is given. ``secret_name`` names a secret that both sides sign with."""

    request_id = text(80)
    provisioner = text(40)
    adapter = choice("open_provision")
    endpoint = text(300)
    secret_name = text(80)
    timeout_ms = integer(100, 5_000)
    asks_for = choice(*ASKED_FOR)
    pattern = text(200)
    can_reverse = flag()
    is_paused = flag(load_default=False)
    name_zh = text(80)
    name_en = text(80)
    reason = text(200)


class Provisioner(Record):
    """As it was told last; what was told before stays on record."""

    provisioner = text(40)
    adapter = text(40)
    endpoint = text(300)
    secret_name = text(80)
    timeout_ms = integer(100)
    asks_for = choice(*ASKED_FOR)
    pattern = text(200)
    can_reverse = flag()
    is_paused = flag()
    name_zh = text(80)
    name_en = text(80)
    effective_from = instant()
    actor = text(80)
    reason = text(200)


class Nothing(Request):
    """A request without fields."""


class Provisioners(Record):
    provisioners = listed(Provisioner)


class RecordProvisioningCallback(Request):
    """A callback as it came over HTTP: Standard Webhooks headers and the raw body, verified here."""

    provisioner = text(40)
    webhook_id = text(200)
    webhook_timestamp = text(40)
    webhook_signature = text(1000)
    body = text(65_536)


class ProvisioningRecorded(Record):
    """``ignored``: it says nothing that is new, or nothing that can be believed any more."""

    outcome = choice("applied", "duplicate", "ignored")


class ProvisioningOfOrder(Record):
    """The units of one part of a line that a partner switches on, as they stand; named as the part is."""

    line_no = integer(1)
    element_id = identifier("elm")
    name_zh = text(200, shortest=0, load_default="")
    name_en = text(200, shortest=0, load_default="")
    account = text(60, shortest=0)
    units = integer(1)
    state = choice(*PROVISIONING_STATES)
    reference = text(80, allow_none=True)


PUT_PROVISIONER = Command(SERVICE, "put_provisioner", PutProvisioner, Provisioner, refuses=(PROVISIONER_INVALID,))
LIST_PROVISIONERS = Query(SERVICE, "list_provisioners", Nothing, Provisioners)
RECORD_PROVISIONING_CALLBACK = Command(
    SERVICE,
    "record_provisioning_callback",
    RecordProvisioningCallback,
    ProvisioningRecorded,
    refuses=(PROVISIONER_UNKNOWN, CALLBACK_NOT_GENUINE, PROVISIONING_CALLBACK_MALFORMED, PROVISIONING_UNKNOWN),
)
