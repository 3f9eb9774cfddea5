"""What every command carries along: where things are, whom to tell, and whether to stop."""

from dataclasses import dataclass, field

from deploy.launcher.console import Console
from deploy.launcher.interrupts import Interrupts
from deploy.launcher.layout import Layout


@dataclass
class Launch:
    layout: Layout
    console: Console = field(default_factory=Console)
    interrupts: Interrupts = field(default_factory=Interrupts)
