"""How a benchmark ends when there is nothing to measure. The text is for whoever started it."""


class BenchFailed(Exception):
    """No figures: what happened, in words."""


class NeverCame(BenchFailed):
    """Waited in vain for a condition without which there is nothing to measure."""


class WrongAnswer(BenchFailed):
    """An order was not accepted: what was measured is not what was meant."""
