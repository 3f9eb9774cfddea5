"""Imported first by every program that uses the bus: makes the standard library cooperative before anything else."""

import os

# eventlet's own resolver costs a service half of its start-up time; the addresses it resolves are few and near
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")

import eventlet

eventlet.monkey_patch()
