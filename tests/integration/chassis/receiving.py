"""What the tests of statements share."""

import sqlalchemy as sa

RECEIVED = {"handler": "h", "event_id": "evt_1"}
RECEIVE = sa.text("INSERT INTO inbox (handler, event_id) VALUES (:handler, :event_id)")
