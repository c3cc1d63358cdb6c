"""What a model's own class names mean here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from monitor.detect.base import CONTAINER, CONTAINER_STACK, VESSEL

AIRCRAFT, VEHICLE, TRAIN, STORAGE_TANK = "aircraft", "vehicle", "train", "storage_tank"

_MEANINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        VESSEL: ("ship", "boat", "vessel", "maritime_vessel", "container_ship", "cargo_ship", "oil_tanker", "warship"),
        CONTAINER: ("shipping_container", "container_box"),
        CONTAINER_STACK: ("container_stack", "shipping_container_lot", "stack"),
        AIRCRAFT: ("plane", "airplane", "helicopter", "fixed_wing_aircraft"),
        VEHICLE: ("large_vehicle", "small_vehicle", "car", "truck", "bus", "van"),
        TRAIN: ("locomotive", "railway_vehicle"),
        STORAGE_TANK: ("storagetank",),
    }
)
"""Our word for the names of DOTA, COCO, DIOR and xView; names that are not here stay as they are."""
_KNOWN: Mapping[str, str] = MappingProxyType({name: ours for ours, names in _MEANINGS.items() for name in names})
DOTA = frozenset(["plane", "ship", "storage_tank", "large_vehicle", "small_vehicle", "harbor", "tennis_court"])
"""Names by which a model trained on DOTA is recognised."""


def plain_class(name: str) -> str:
    """A class name in lower case with underscores, as tables and ids hold it; ``object`` when nothing is left."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "object"


def class_names(own: tuple[str, ...], given: Mapping[str, str]) -> tuple[str, ...]:
    """The class that each of a model's own names stands for, in their order; "" for one that is left out.

    Parameters
    ----------
    own : tuple of str
        As the model has them.
    given : mapping of str to str
        What the user says some of them are; own names may be written with spaces, hyphens or underscores.
    """
    chosen = {plain_class(name): meaning for name, meaning in given.items()}
    plain = [plain_class(name) for name in own]
    meant = [chosen.get(name, _KNOWN.get(name, name)) for name in plain]
    return tuple(plain_class(name) if name else "" for name in meant)


def looks_like_dota(own: tuple[str, ...]) -> bool:
    """Whether a model has DOTA's classes."""
    return {plain_class(name) for name in own} >= DOTA
