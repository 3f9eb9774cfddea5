"""The database side: one transaction per piece of work, with its outbox, inbox and remembered answers."""
