"""What members takes as a phone number and as an e-mail address, and how it refuses the rest."""

from services.chassis.refusal import INVALID_REQUEST, Refused
from services.members import contract
from services.members.domain.emails import is_email
from services.members.domain.phones import e164_of


def accepted_phone(typed: str) -> str:
    """E.164; refuses whatever is no mainland China mobile number."""
    phone = e164_of(typed)
    if phone is None:
        raise Refused(contract.PHONE_NOT_ACCEPTED, "only mobile numbers of mainland China are accepted")
    return phone


def accept_email(email: str | None) -> None:
    if email is not None and not is_email(email):
        raise Refused(INVALID_REQUEST, "the request is not valid", fields={"email": ["is not an e-mail address"]})
