"""The service's own settings: how many at once may ask the database for a ticket of one flash sale."""

from dataclasses import dataclass

from environs import validate

from services.chassis.settings import environment_reader, seal


@dataclass(frozen=True)
class CatalogSettings:
    """Of one flash sale, in this process: ``flash_at_once`` are in the database, the others wait ``flash_wait_s`` at
    most; that it is sold out is known for ``flash_sold_out_s``."""

    flash_at_once: int = 8
    flash_wait_s: float = 0.5
    flash_sold_out_s: float = 1.0


def read_catalog_settings() -> CatalogSettings:
    env = environment_reader()
    settings = CatalogSettings(
        flash_at_once=env.int("FLASH_AT_ONCE", 8, validate=validate.Range(1, 64)),
        flash_wait_s=env.float("FLASH_WAIT_S", 0.5, validate=validate.Range(0, 5)),
        flash_sold_out_s=env.float("FLASH_SOLD_OUT_S", 1.0, validate=validate.Range(0, 1)),
    )
    seal(env)
    return settings
