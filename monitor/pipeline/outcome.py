"""What a run did, as a value that prints and serialises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.core.errors import MonitorError
from monitor.core.parallel import Outcome


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a run: how many items were done, and those that failed with their reasons."""

    name: str
    done: int = 0
    failures: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @classmethod
    def of(cls, name: str, outcomes: Sequence[Outcome[object, object]], *, note: str = "") -> Step:
        """The step that these outcomes make.

        Parameters
        ----------
        name : str
            Of the step.
        outcomes : sequence of Outcome
            What became of each item.
        note : str
            A remark for people.
        """
        failed = tuple((label(o.item), str(o.error)) for o in outcomes if o.error is not None)
        return cls(name, len(outcomes) - len(failed), failed, note)

    def text(self) -> str:
        """One line, and one more for each failure."""
        first = f"{self.name}: {self.done} done" if self.done or self.failures else f"{self.name}: nothing to do"
        first += f", {len(self.failures)} failed" if self.failures else ""
        first += f"; {self.note}" if self.note else ""
        return "\n".join([first, *(f"  failed {item}: {why}" for item, why in self.failures)])


@dataclass(frozen=True, slots=True)
class RunResult:
    """All steps of one run, and the briefs that it wrote."""

    steps: tuple[Step, ...]
    briefs: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether any item of any step failed."""
        return any(step.failures for step in self.steps)

    @property
    def did_something(self) -> bool:
        """Whether anything was new."""
        return any(step.done or step.failures for step in self.steps)

    def text(self) -> str:
        """The steps, a line each, then the briefs."""
        return "\n".join([*(step.text() for step in self.steps), *self.briefs])

    def as_json(self) -> dict[str, object]:
        """The same for scripts."""
        return {
            "steps": [
                {
                    "name": step.name,
                    "done": step.done,
                    "note": step.note,
                    "failures": [{"item": item, "error": why} for item, why in step.failures],
                }
                for step in self.steps
            ],
            "briefs": list(self.briefs),
            "failed": self.failed,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """A few rows for people and scripts, what was left out of them, and what failed: item and reason."""

    title: str
    rows: tuple[dict[str, object], ...] = field(default_factory=tuple)
    left_out: tuple[str, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, object]:
        """Title and rows, and where there are any what was left out and what failed."""
        failed = [{"item": item, "error": why} for item, why in self.failures]
        more = {"left_out": list(self.left_out), "failures": failed}
        return {"title": self.title, "rows": list(self.rows), **{name: rows for name, rows in more.items() if rows}}

    def text(self) -> str:
        """The title, then aligned columns, then what was left out and what failed."""
        lines = [f"  left out: {', '.join(self.left_out)}"] if self.left_out else []
        return "\n".join([self._table(), *lines, *(f"  failed {item}: {why}" for item, why in self.failures)])

    def _table(self) -> str:
        if not self.rows:
            return self.title
        columns = list(self.rows[0])
        cells = [columns, *([str(row[column]) for column in columns] for row in self.rows)]
        widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
        ]
        return "\n".join([self.title, *lines])


def label(item: object) -> str:
    """A short name of a work item: the id of it, or of its first part."""
    first = item[0] if isinstance(item, tuple) and item else item
    return str(getattr(first, "id", first))


def failure(name: str, item: str, error: MonitorError) -> Step:
    """A step that failed as a whole.

    Parameters
    ----------
    name : str
        Of the step.
    item : str
        What it failed on.
    error : MonitorError
        Why.
    """
    return Step(name, 0, ((item, str(error)),))
