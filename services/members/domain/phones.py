"""Phone numbers: mainland China mobiles only, kept as E.164 (+8613800138000)."""

import re
import unicodedata

import phonenumbers

CHINA = 86
_SHAPE = re.compile(r"(?:\+86|0086|86)?(1[0-9]{10})")
_SPACING = re.compile(r"[\s-]+")


def e164_of(typed: str) -> str | None:
    """``"138 0013 8000"``, ``"+8613800138000"`` -> ``"+8613800138000"``; None if it is no mainland mobile.

    Full-width digits, as a Chinese keyboard makes them, are taken too; letters are not, though the library would.
    """
    compact = _SPACING.sub("", unicodedata.normalize("NFKC", typed))
    found = _SHAPE.fullmatch(compact)
    if not found:
        return None
    number = phonenumbers.PhoneNumber(country_code=CHINA, national_number=int(found[1]))
    if not phonenumbers.is_valid_number(number):
        return None
    if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE:
        return None
    return f"+{CHINA}{found[1]}"


def masked(phone: str) -> str:
    """``"+8613800138000"`` -> ``"138****8000"``: for people, logs and other services."""
    national = phone.removeprefix(f"+{CHINA}")
    return f"{national[:3]}****{national[-4:]}"
