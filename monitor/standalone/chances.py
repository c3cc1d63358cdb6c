"""The chances of weights, fitted to labelled scenes that they were not trained on, and written beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from monitor.core.columns import floats, texts
from monitor.core.errors import ArchiveError, DataError, DetectorError
from monitor.detect.chance import Chance
from monitor.detect.evaluation.chances import fit_chance, reliability
from monitor.detect.evaluation.evaluate import detections
from monitor.detect.evaluation.reader import labelled_folders, score_folder
from monitor.detect.models.find import find_weights
from monitor.detect.yolo.detector import YoloDetector
from monitor.detect.yolo.weights import REGISTRY, Weights
from monitor.io.atomic import write_bytes

LEAST_SCORE = 0.1
"""The network's score from which detections are looked at; chosen."""


@dataclass(frozen=True, slots=True)
class FittedChance:
    """What was fitted to what, and how well it states the chances of those same detections."""

    chance: Chance
    found: pd.DataFrame
    registry: Path

    def to_json(self) -> dict[str, object]:
        """For scripts."""
        return {
            "chance": asdict(self.chance),
            "registry": str(self.registry),
            "detections": len(self.found),
            "scenes": sorted(set(self.found["scene"])),
            "reliability": self.table().to_dict("records"),
        }

    def table(self) -> pd.DataFrame:
        """Stated and true shares, in fifths of the chance."""
        zone, length = texts(self.found, "zone"), floats(self.found, "length_m")
        return reliability(self.chance.of(floats(self.found, "score"), zone, length), floats(self.found, "right"))

    def text(self) -> str:
        """For people."""
        lines = [f"{self.registry}: chances fitted to {len(self.found)} detections, as they state those themselves:"]
        lines += [
            f"  {row.low:.1f}–{row.high:.1f}: {row.detections} detections, stated {row.stated:.2f}, right "
            f"{row.right:.2f} ({row.right_low:.2f}–{row.right_high:.2f})"
            for row in self.table().itertuples()
        ]
        return "\n".join(lines)


def fit_chances(
    folders: Sequence[Path],
    *,
    weights: str,
    folds: Sequence[str] = (),
    floor_m: float = 60.0,
    labels: Path | None = None,
) -> FittedChance:
    """The chances of weights, as they are written into their ``weights.toml``.

    Parameters
    ----------
    folders : sequence of Path
        Labelled scenes, a folder each. Each network runs on those that it was not trained on.
    weights : str
        Name, file or folder of the weights.
    folds : sequence of str
        Weights of the same recipe that left some scenes out, whose detections there count too.
    floor_m : float
        Vessels shorter than this neither count nor cost.
    labels : Path, optional
        A folder with further labels, ``<name of the scene's folder>.geojson`` where there are any.

    Raises
    ------
    DataError
        Every scene was trained on, too few detections were right or wrong, or the registry cannot be written.
    DetectorError
        The weights are missing, or none of ours.
    """
    target, parts = _ours(weights), []
    for network in (target, *(_ours(fold) for fold in folds)):
        plain = YoloDetector(replace(network, chance=Chance()), LEAST_SCORE)
        for folder in (path for one in folders for path in labelled_folders(one)):
            if folder.name not in network.trained_on:
                parts.append(detections(score_folder(folder, plain, floor_m=floor_m, more=labels)))
    if not parts:
        raise DataError(f"{weights}: trained on every one of these scenes; name others, or folds that left some out")
    found = pd.concat(parts, ignore_index=True)
    made = FittedChance(fit_chance(found), found, target.path.parent / REGISTRY)
    scenes = ", ".join(sorted(set(found["scene"])))
    note = f"# Fitted to {len(found)} detections, {int(found['right'].sum())} of them right, at {scenes}, left out."
    try:
        text = made.registry.read_text(encoding="utf-8")
        write_bytes(made.registry, with_chance(text, target.name, made.chance, note=note).encode())
    except (OSError, ArchiveError) as error:
        raise DataError(
            f"{made.registry}: cannot be written ({error}); copy the weights to a folder of yours"
        ) from error
    return made


def with_chance(text: str, name: str, chance: Chance, *, note: str) -> str:
    """A registry's text with the chances of one entry, in place of those that it had.

    Parameters
    ----------
    text : str
        Of a ``weights.toml``.
    name : str
        Of the entry.
    chance : Chance
    note : str
        A comment below the heading.
    """
    head = f"[{name}.chance]"
    values = "\n".join(f"{key} = {value}" for key, value in asdict(chance).items())
    old = re.compile(rf"\n*^{re.escape(head)}$.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
    rest = old.sub("\n\n", text, count=1)
    return f"{rest.rstrip()}\n\n{head}\n{note}\n{values}\n"


def _ours(text: str) -> Weights:
    found = find_weights(text)
    if not isinstance(found, Weights):
        raise DetectorError(f"{text}: a model of your own; its chances are fitted by `monitor train` or its TOML")
    return found
