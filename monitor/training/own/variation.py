"""Which chips a network is shown and how they are varied: the table ``[training]`` of a file of keys."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.core.errors import DataError

TABLE = "training"


class Variation(BaseModel):
    """Keys of the table; each may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chip_px: int | None = Field(None, ge=32, le=4096, description="side of the chips; empty: that of the windows")
    covered: int = Field(
        1, ge=1, le=20, description="how often each picture is cut into chips, elsewhere from the second time on"
    )
    batch: int = Field(4, ge=1, le=256, description="chips in a batch")
    rate: float = Field(2e-3, gt=0, le=1, description="highest learning rate, lowered along a cosine")
    mosaic: float = Field(1.0, ge=0, le=1, description="share of chips that are put together from four")
    turn_deg: float = Field(180.0, ge=0, le=180, description="chips are turned by up to so many degrees")


def read_variation(path: Path) -> Variation:
    """What the table in a file of keys says; the defaults where it has none.

    Raises
    ------
    DataError
        The file cannot be read, or a key or a value in the table is wrong.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")).get(TABLE, {})
        return Variation.model_validate(said)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not readable TOML ({error}); correct it") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join((TABLE, *map(str, first["loc"])))
        raise DataError(f"{path}: {name}: {first['msg']}; known are {', '.join(Variation.model_fields)}") from None
