"""What the user says of a model: keys of a TOML file or of ``[detector.NAME]``, and the value made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from monitor.core.errors import DetectorError

Task = Literal["detect", "obb", "segment"]
RGB = ("B04", "B03", "B02")
UNFITTED = (0.0, 1.0)
"""The calibration that leaves scores as they are."""
THRESHOLD = 0.25
"""Least score where nothing else is said: ultralytics' own."""
IOU: Mapping[str, float] = MappingProxyType({"obb": 0.3, "segment": 0.5, "detect": 0.5})
"""Overlap from which two boxes of one window are one (chosen): oriented boxes of ships side by side have 0.12 by
ultralytics' measure, upright ones of ships that lie aslant far more."""


class ModelKeys(BaseModel):
    """Keys that describe a model; each may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    task: Task | None = Field(None, description="detect, obb or segment; empty: what the model itself says")
    sensor: str = Field("", description="the sensor it is meant for; for readers")
    bands: tuple[str, ...] = Field((), description="bands in the order in which the network takes them")
    stretch: Literal["none", "fixed", "percentile"] = Field(
        "none",
        description="how numbers become 0–255: none (8-bit pictures as they are), fixed, or percentile of each band",
    )
    stretch_range: tuple[float, float] | None = Field(
        None, description="what becomes 0 and 255: values (fixed) or percentiles, by default 2 and 98 (percentile)"
    )
    gsd_m: float | None = Field(None, gt=0, description="pixel size that it was trained at")
    gsd_range_m: tuple[float, float] | None = Field(
        None, description="pixel sizes that it takes; by default two thirds to one and a half times gsd_m"
    )
    enlarge: float = Field(
        1.0, ge=1, le=4, description="windows are enlarged so many times for the network; for objects of few pixels"
    )
    image_px: int | None = Field(None, ge=32, le=4096, description="side of the windows; empty: the model's own")
    threshold: float = Field(THRESHOLD, ge=0, le=1, description="least score")
    thresholds: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(
        {}, description="least score of single classes by our words; those that are not named take threshold"
    )
    iou: float | None = Field(
        None, ge=0, le=1, description="boxes of one window that overlap more are one; empty: 0.3 (obb), else 0.5"
    )
    classes: dict[str, str] = Field({}, description="what its own names mean; empty text leaves a class out")
    length_gain: float = Field(1.0, gt=0, description="lengths are given as this times what the box has")
    length_low: float | None = Field(
        None, gt=0, description="lower bound of the 90 % interval, times the length; empty: not measured"
    )
    length_high: float | None = Field(
        None, gt=0, description="upper bound of the 90 % interval, times the length; empty: not measured"
    )
    calibration: tuple[float, float] = Field(UNFITTED, description="a, b in logit score = a + b logit of its own")
    fitted_on: tuple[str, ...] = Field((), description="scenes that threshold, lengths and scores were fitted to")
    trained_on: tuple[str, ...] = Field((), description="names of the labelled scenes it was trained on")
    measured: tuple[tuple[str, str, str], ...] = Field((), description="what was measured: what, value, sample")

    @model_validator(mode="after")
    def _fits(self) -> ModelKeys:
        if self.stretch == "fixed" and self.stretch_range is None:
            raise ValueError('stretch = "fixed" needs stretch_range = [value that becomes 0, value that becomes 255]')
        for name in ("stretch_range", "gsd_range_m"):
            low_high = getattr(self, name)
            if low_high is not None and not low_high[0] < low_high[1]:
                raise ValueError(f"{name} is {list(low_high)}; give the lower number first")
        return self


def check_keys(given: Mapping[str, object], where: str) -> ModelKeys:
    """The keys of a mapping, checked.

    Parameters
    ----------
    given : mapping of str to object
    where : str
        Begins the message of an error: the file, or the section.

    Raises
    ------
    DetectorError
        A key is not known or its value is wrong.
    """
    try:
        return ModelKeys.model_validate(dict(given))
    except ValidationError as error:
        raise DetectorError(f"{where}: {'; '.join(_reason(part) for part in error.errors())}") from None


def _reason(part: Mapping[str, object]) -> str:
    name = ".".join(str(step) for step in part["loc"])  # type: ignore[attr-defined]
    if part["type"] == "extra_forbidden":
        return f"no key {name!r}; known are {', '.join(ModelKeys.model_fields)}"
    return f"{name}: {str(part['msg']).removeprefix('Value error, ')}".removeprefix(": ")


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A model file with what was said of it.

    Attributes
    ----------
    name : str
    path : Path
    sha256 : str
        Of the file.
    keys : ModelKeys
    measured : tuple of tuple of str
        What was measured of it: what, value with its interval, sample.
    """

    name: str
    path: Path
    sha256: str
    keys: ModelKeys = field(default_factory=ModelKeys)
    measured: tuple[tuple[str, str, str], ...] = ()

    @property
    def trained_on(self) -> tuple[str, ...]:
        """Names of the labelled scenes it was trained on."""
        return self.keys.trained_on

    @property
    def gsd_range_m(self) -> tuple[float, float] | None:
        """Pixel sizes that it takes; None when nothing was said."""
        if self.keys.gsd_range_m is not None or self.keys.gsd_m is None:
            return self.keys.gsd_range_m
        return self.keys.gsd_m / 1.5, self.keys.gsd_m * 1.5

    @property
    def settings_sha(self) -> str:
        """Six characters that change whenever a key does that could change results."""
        said = self.keys.model_dump(exclude={"sensor", "threshold", "fitted_on", "trained_on", "measured"})
        if not self.keys.thresholds:
            del said["thresholds"]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:6]
