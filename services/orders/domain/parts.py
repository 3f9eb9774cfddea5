"""What a piece of a line consists of."""

from collections.abc import Mapping
from typing import Any

from services.catalog.contract import own_element
from services.orders import contract


def parts_of(line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The contract's PartsOfLine; what names no parts, as everything before there were any, is one element."""
    delivery = contract.PARCEL if line["kind"] == "physical" else contract.CODE
    own = {"element_id": own_element(line["sku_id"]), "delivery": delivery, "quantity": 1}
    return line.get("parts") or [own]
