"""What tests of services share: databases from templates, scripted neighbours, deterministic races."""

from services.chassis.testkit.databases import database_of, fresh_database, owner_of
from services.chassis.testkit.races import race, race_behind, race_in_turn
from services.chassis.testkit.scripted_rpc import ScriptedRpc
from services.chassis.testkit.works import emitted, event_of, works_on

__all__ = [
    "ScriptedRpc",
    "database_of",
    "emitted",
    "event_of",
    "fresh_database",
    "owner_of",
    "race",
    "race_behind",
    "race_in_turn",
    "works_on",
]
