"""Faults of calls to other services. ``str()`` of them is for logs, never for members."""


class RpcFault(Exception):
    """The other service failed."""


class RpcTimeout(RpcFault):
    """No answer before the deadline, or the work was broken off at it: the effect is unknown until the same request is
    asked again."""


class ServiceUnavailable(RpcFault):
    """Nobody serves the method now, or the broker is away."""


class NotNow(RpcFault):
    """The other service is there, but not what it needs: its database is away, or gives it no connection. The same
    request may well succeed later."""
