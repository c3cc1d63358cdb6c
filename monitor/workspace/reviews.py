"""What people decided of a workspace's findings, and what there is to decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from monitor import pipeline
from monitor.store.reviews import Review, ReviewStore, login

if TYPE_CHECKING:
    from monitor.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Reviews:
    """Decisions of a workspace; `Workspace.review` adds one."""

    workspace: Workspace

    def table(self) -> pd.DataFrame:
        """REVIEWS: who decided what of a detection or finding, oldest first, and whether it stands."""
        return ReviewStore(self.workspace.archive).table()

    def queue(self, aoi: str | None = None) -> pd.DataFrame:
        """QUEUE: findings and detections that can be reviewed, with what was decided of each."""
        context = self.workspace.context(aoi)
        table = pipeline.review.queue.review_queue(context, pipeline.snapshot.read(context))
        return table if aoi is None else table[table["aoi_id"] == aoi].reset_index(drop=True)

    def undo(self, id: str = "", *, who: str = "") -> Review:  # noqa: A002
        """Take back that person's last decision that stands, or their last one of `id`.

        Raises
        ------
        DataError
            There is none.
        """
        subject = pipeline.review.queue.subject_of(id)
        return ReviewStore(self.workspace.archive).undo(who=who or login(), now=datetime.now(UTC), subject=subject)

    def export(self, out: Path, *, sensors: Collection[str] | None = None) -> list[Path]:
        """Write the reviewed detections as labelled scene folders, which `train` and `evaluate` read; the folders.

        Parameters
        ----------
        out : Path
            Where they go.
        sensors : collection of str, optional
            Those whose scenes are written; every optical one without it. Our own network learns from ``s2`` alone.

        Raises
        ------
        DataError
            Nothing was reviewed that could be a label.
        """
        context = self.workspace.context()
        target = self.workspace.outside(out)
        return pipeline.review.labels.export_labels(context, pipeline.snapshot.read(context), target, sensors=sensors)
