"""A pytest plugin (``-p tests.support.green``) that makes the process cooperative, as a service's process is."""

import services.chassis.green  # noqa: F401
