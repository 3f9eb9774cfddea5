"""The floor every service stands on: bus, data, time, ids, logs. It knows no business word."""
