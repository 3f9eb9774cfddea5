"""The message bus: RPC with deadlines, events with outbox and retries. Only this room and jobs.py know nameko."""
