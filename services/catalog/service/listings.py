"""Goods that merchants propose, and staff reviews."""

from typing import Any

from services.catalog import contract
from services.catalog.service.random_codes import once_with_codes
from services.catalog.usecases.review_listings import (
    approve_listing,
    draft_listing,
    get_listing,
    list_listings,
    reject_listing,
    submit_listing,
)
from services.chassis.bus.rpc_server import command, query

Message = dict[str, Any]


class Listings:
    works: Any

    @command(contract.DRAFT_LISTING)
    def draft_listing(self, request: Message) -> Any:
        return self.works.once(contract.DRAFT_LISTING, draft_listing, request)

    @command(contract.SUBMIT_LISTING)
    def submit_listing(self, request: Message) -> Any:
        return self.works.once(contract.SUBMIT_LISTING, submit_listing, request)

    @command(contract.REJECT_LISTING)
    def reject_listing(self, request: Message) -> Any:
        return self.works.once(contract.REJECT_LISTING, reject_listing, request)

    @command(contract.APPROVE_LISTING)
    def approve_listing(self, request: Message) -> Any:
        return once_with_codes(self.works, contract.APPROVE_LISTING, approve_listing, request)

    @query(contract.GET_LISTING)
    def get_listing(self, request: Message) -> Any:
        return self.works.run(get_listing, request)

    @query(contract.LIST_LISTINGS)
    def list_listings(self, request: Message) -> Any:
        return self.works.run(list_listings, request)
