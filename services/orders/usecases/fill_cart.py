"""Members put goods into their carts, change their minds and take them out, on several devices at once."""

from typing import Any

from services.catalog import contract as catalog
from services.chassis.data.answers import Question
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused, value_of
from services.orders import contract
from services.orders.domain.cart import checked_cart, stored_line
from services.orders.storage import carts
from services.orders.storage.cart_terms import cart_terms_in_force
from services.orders.usecases.answering import answer_before

Request = dict[str, Any]


def put_in_cart(works: Works, request: Request) -> Any:
    """The contract's CartContents. Catalog says first what it is and costs; what it refuses does not come in."""
    known = answer_before(works, Question.of(contract.PUT_IN_CART.address, request))
    if known is not None:
        return value_of(known)
    line = {name: request[name] for name in ("sku_id", "price_id", "quantity")}
    asked = {"member_tier": request["member_tier"], "member_segments": request["member_segments"], "lines": [line]}
    [quoted] = works.rpc.call(catalog.QUOTE_LINES, asked)["lines"]
    return works.once(contract.PUT_IN_CART, lambda work, request: _put(work, request, quoted), request)


def change_cart_line(work: Work, request: Request) -> dict[str, Any]:
    """The later word holds, whichever device it comes from."""
    version = carts.raise_version(work, request["member_id"])
    if not carts.change(work, request, version):
        raise Refused(contract.CART_LINE_UNKNOWN, "it is not in the cart any more")
    return _contents(work, request["member_id"], version)


def remove_from_cart(work: Work, request: Request) -> dict[str, Any]:
    version = carts.raise_version(work, request["member_id"])
    carts.remove(work, request["member_id"], request["lines"])
    return _contents(work, request["member_id"], version)


def get_cart(works: Works, request: Request) -> dict[str, Any]:
    """The contract's Cart, as of now. Nothing is held, and a line that is wrong does not spoil the others."""
    with works.begin() as work:
        version = carts.version_of(work, request["member_id"])
        rows = carts.lines_of(work, request["member_id"])
    checked = works.rpc.call(catalog.CHECK_LINES, _to_check(request, rows))["lines"] if rows else []
    return checked_cart(rows, checked, version)


def _put(work: Work, request: Request, quoted: dict[str, Any]) -> dict[str, Any]:
    member_id = request["member_id"]
    version = carts.raise_version(work, member_id)
    before = len(carts.lines_of(work, member_id))
    carts.put(work, member_id, version, quoted, contract.LARGEST_QUANTITY)
    contents = _contents(work, member_id, version)
    if before < len(contents["lines"]) > (most := cart_terms_in_force(work).most_lines):
        raise Refused(contract.CART_FULL, "no more lines fit into the cart", most=most)
    return contents


def _contents(work: Work, member_id: str, version: int) -> dict[str, Any]:
    return {"version": version, "lines": [stored_line(row) for row in carts.lines_of(work, member_id)]}


def _to_check(request: Request, rows: list[dict[str, Any]]) -> dict[str, Any]:
    lines = [{name: row[name] for name in ("sku_id", "price_id", "quantity")} for row in rows]
    return {**{name: request[name] for name in ("member_id", "member_tier", "member_segments")}, "lines": lines}
