"""The service's own settings: where files of bill runs are dropped."""

from dataclasses import dataclass
from pathlib import Path

from services.chassis.settings import environment_reader, seal


@dataclass(frozen=True)
class PointsSettings:
    """``bill_run_folder``: None, if bill runs come by operators' programs only."""

    bill_run_folder: Path | None


def read_points_settings() -> PointsSettings:
    env = environment_reader()
    folder = env.str("BILL_RUN_DIR", "")
    seal(env)
    return PointsSettings(Path(folder) if folder else None)
