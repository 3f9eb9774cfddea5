"""Faults of flash sales: tickets are as many as pieces, for as many members as may have one, and come back."""

from tests.mutants.mutant import Mutant

CATALOG = "tests/integration/catalog"
SIMULATION = "tests/simulation/test_schedules.py"
RACES = f"{CATALOG}/test_flash_races.py"

FLASH_SALES = (
    Mutant(
        "pieces of tickets that come back are gone for good",
        "P4",
        "services/catalog/usecases/flash_steps.py",
        "        give_back(work, sale_id, pieces)\n",
        "        pass\n",
        f"{CATALOG}/test_flash_sales.py",
    ),
    Mutant(
        "an order that cannot be placed costs its member the ticket",
        "P4",
        "services/catalog/usecases/release_stock.py",
        "Stage.TRIED",
        "Stage.PLACED",
        f"{CATALOG}/test_flash_tickets_of_ended_orders.py",
    ),
    Mutant(
        "tickets that nobody used are not given back",
        "P4",
        "services/catalog/usecases/end_flash_sales.py",
        "        give_back(work, sale_id, unused)\n",
        "        pass\n",
        f"{CATALOG}/test_flash_sales.py",
    ),
    Mutant(
        "who asks often at once has more tickets than a member may",
        "P4",
        "services/catalog/usecases/take_ticket.py",
        "    if count_had(work, sale_id, member_id) >= sale.per_member:",
        "    if False:",
        f"{RACES}::test_a_member_who_asks_many_times_at_once_gets_as_many_as_allowed",
    ),
    Mutant(
        "one ticket buys as often as it is shown",
        "P4",
        "services/catalog/storage/flash_tickets.py",
        "        flash_ticket.c.state == source,\n        flash_ticket.c.expires_at > work.now,\n",
        "        flash_ticket.c.expires_at > work.now,\n",
        f"{RACES}::test_two_orders_with_one_ticket_are_one",
    ),
    Mutant(
        "what is sold out once stays so, whatever comes back",
        "P4",
        "services/catalog/usecases/admit_takers.py",
        "self._sold_out[sale_id] = self.clock() + self.settings.flash_sold_out_s",
        "self._sold_out[sale_id] = math.inf",
        f"{CATALOG}/test_flash_admission.py",
    ),
    Mutant(
        "the gateway says sold out for longer than the catalog",
        "P4",
        "gateway/sold_out.py",
        'age_s = min(self._most_age_s, float(refusal.details.get("retry_after_s", 0)))',
        "age_s = self._most_age_s",
        "tests/unit/gateway/test_sold_out.py",
    ),
    Mutant(
        "every ticket of a flash sale that is sold out costs the database a look",
        "P10",
        "services/catalog/usecases/admit_takers.py",
        "        if left_s > 0:\n            raise",
        "        if False:\n            raise",
        f"{CATALOG}/test_flash_admission.py",
    ),
    Mutant(
        "nobody counts the pieces of flash sales again",
        "P4",
        "services/catalog/storage/flash_invariants.py",
        "WHERE quota <> units_left + coalesce(live, 0) + coalesce(sold, 0) OR units_left < 0",
        "WHERE units_left < 0",
        f"{CATALOG}/test_invariants.py",
    ),
    # What shows when orders fail in the middle: the simulation and the fault suite have to find it by themselves.
    Mutant(
        "orders that come to nothing keep their tickets",
        "P4",
        "services/catalog/usecases/flash_steps.py",
        "    if not tickets:\n        return {}",
        "    if tickets:\n        return {}",
        SIMULATION,
    ),
    Mutant(
        "a ticket that is its member's again is anybody's, too",
        "P4",
        "services/catalog/usecases/flash_steps.py",
        "back = _pieces(row for row in tickets if return_ticket(work, row.ticket_id))",
        "back = _pieces(tickets)",
        SIMULATION,
    ),
    Mutant(
        "tickets that nobody used are forgotten",
        "P4",
        "services/catalog/usecases/end_flash_sales.py",
        "    if unused:\n        give_back(",
        "    if False:\n        give_back(",
        "tests/faults/test_bus_anomalies.py",
    ),
)
