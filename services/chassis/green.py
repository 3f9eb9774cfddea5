"""Imported first by every program that uses the bus: makes the standard library cooperative before anything else."""

import eventlet

eventlet.monkey_patch()
