"""The seed's subscribers: valid, unique, the same every time."""

import hashlib
import subprocess
import sys
from decimal import Decimal

from deploy.seed.subscribers import demo_subscribers, import_requests, poor_subscriber
from deploy.seed.subscribers.people import YUAN_PER_UNIT, person_of
from deploy.seed.subscribers.sample import customers
from services.members import contract
from services.members.domain.emails import is_email
from services.members.domain.phones import e164_of


def everybody() -> list[dict]:
    return [subscriber for request in import_requests() for subscriber in request["subscribers"]]


def test_the_whole_sample_and_the_demos_people_are_imported():
    assert len(customers()) == 7043
    assert len(everybody()) == 7068
    assert [len(request["subscribers"]) for request in import_requests()] == [500] * 14 + [68]


def test_every_request_meets_the_contract():
    for request in import_requests():
        contract.IMPORT_SUBSCRIBERS.load_request(request)


def test_every_number_is_a_valid_mainland_mobile_and_nobodys_twice():
    phones = [subscriber["phone"] for subscriber in everybody()]
    assert all(e164_of(phone) == phone for phone in phones)
    assert len(set(phones)) == len(phones)


def test_subscriber_numbers_and_request_ids_are_unique():
    numbers = [subscriber["subscriber_no"] for subscriber in everybody()]
    assert len(set(numbers)) == len(numbers)
    assert numbers[len(demo_subscribers()) + 1] == "S0000001"
    request_ids = [request["request_id"] for request in import_requests()]
    assert len(set(request_ids)) == len(request_ids)


def test_about_half_have_an_address_that_can_never_receive_mail():
    addresses = [subscriber["email"] for subscriber in everybody() if subscriber["email"]]
    assert 3400 < len(addresses) < 3600
    assert all(is_email(address) for address in addresses)
    assert {address.split("@")[1] for address in addresses} == {"example.com", "example.cn"}


def test_names_are_spread():
    names = [subscriber["name"] for subscriber in everybody()]
    assert len(set(names)) > 2600
    assert all(name and not name.isspace() for name in names)


def test_tenure_becomes_the_day_of_joining():
    longest = max(customers(), key=lambda customer: customer.tenure_months)
    newest = min(customers(), key=lambda customer: customer.tenure_months)
    assert (longest.tenure_months, person_of(longest).joined_at.year) == (72, 2019)
    assert (newest.tenure_months, f"{person_of(newest).joined_at:%Y-%m}") == (0, "2025-12")


def test_bills_are_the_samples_charges_times_ten():
    first = customers()[0]
    assert (first.monthly_charge, YUAN_PER_UNIT) == (Decimal("29.85"), 10)
    assert person_of(first).charge_yuan == Decimal("298.50")


FINGERPRINT = """
import hashlib
from deploy.seed.subscribers import import_requests
print(hashlib.sha256(repr(import_requests()).encode()).hexdigest())
"""


def test_another_process_makes_the_very_same_requests():
    told = subprocess.run([sys.executable, "-c", FINGERPRINT], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == hashlib.sha256(repr(import_requests()).encode()).hexdigest()


def test_the_demos_people_can_afford_something_and_the_poor_one_cannot():
    people, poor = demo_subscribers(), poor_subscriber()
    assert len(people) == 24
    assert all(Decimal(person["charge_yuan"]) >= 3000 for person in people)
    assert Decimal(poor["charge_yuan"]) < 200
    imported = {subscriber["subscriber_no"]: subscriber for subscriber in everybody()}
    for person in [*people, poor]:
        assert person["email"]
        assert {name: imported[person["subscriber_no"]][name] for name in ("phone", "name", "email", "language")} == {
            name: person[name] for name in ("phone", "name", "email", "language")
        }
