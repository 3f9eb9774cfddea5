"""What shows when messages come late, twice or not at all: the simulation has to find these by itself."""

from tests.mutants.mutant import Mutant

SIMULATION = "tests/simulation/test_schedules.py"

FOR_THE_SIMULATION = (
    Mutant(
        "no inbox: what comes again is done again",
        "P5",
        "services/chassis/data/work.py",
        "rowcount == 0:\n                return False\n            usecase(work, event)",
        "rowcount == 9:\n                return False\n            usecase(work, event)",
        SIMULATION,
    ),
    Mutant(
        "events count as sent before the broker has them",
        "P5",
        "services/chassis/bus/relay.py",
        "            channel.wait_for_confirms(CONFIRM_S)\n",
        "",
        SIMULATION,
    ),
    Mutant(
        "coins of what was called off stay taken",
        "P3",
        "services/points/usecases/follow_orders.py",
        "    for unit in SPENDABLE:\n        _return(",
        "    for unit in (contract.POINTS,):\n        _return(",
        SIMULATION,
    ),
    Mutant(
        "a payment for what was closed confirms it",
        "P2",
        "services/orders/usecases/capture_payment.py",
        'if not ORDER.allows(order.status, "confirm"):\n        return False',
        'if order.status == "cancelled":\n        return False',
        SIMULATION,
    ),
    Mutant(
        "answers are forgotten as soon as they are given",
        "P1",
        "services/chassis/data/answers.py",
        "        if row is None:\n            return None",
        "        return None",
        SIMULATION,
    ),
    Mutant(
        "what was told is told for ever",
        "P5",
        "services/chassis/bus/relay.py",
        '{"told": [row.id for row in rows]}',
        '{"told": [row.id for row in rows[1:]]}',
        SIMULATION,
    ),
)
