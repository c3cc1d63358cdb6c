"""The ledger: what others saw beside what we saw. An analyst's own sightings rest in the archive's ``sightings/``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from monitor.core.tables import BERTH_STATES, COVERAGE, OBSERVATIONS, STACKS, VISITS
from monitor.core.tableset import TableSet
from monitor.fuse import compare, read_observations
from monitor.io.atomic import write_bytes
from monitor.pipeline.correlate import scene_tables
from monitor.pipeline.freshness import Ports
from monitor.report import Brief, BriefInput
from monitor.report.sections.ledger import ledger_part
from monitor.store.archive import Archive


def observations(archive: Archive) -> pd.DataFrame:
    """OBSERVATIONS: the published ones, and an analyst's own.

    Raises
    ------
    DataError
        A file is no list of observations; the message names the line.
    """
    own = [read_observations(path) for path in sorted(_folder(archive).glob("*.csv"))]
    return OBSERVATIONS.conform(pd.concat([read_observations(), *own], ignore_index=True))


def compare_ledger(archive: Archive, ports: Ports) -> pd.DataFrame:
    """LEDGER of some ports: what was published, and an analyst's own sightings, against what the archive holds."""
    tables = TableSet(
        {
            **{schema: archive.read_table(schema.name, schema) for schema in (VISITS, BERTH_STATES, STACKS)},
            COVERAGE: scene_tables(archive, ports, "coverage", COVERAGE),
        }
    )
    return compare(observations(archive), ports.aois, tables)


def add_sightings(archive: Archive, path: Path) -> int:
    """Take in a file of sightings, after it was read without fault; how many it holds.

    One of the same name is replaced.

    Raises
    ------
    DataError
        The file is no list of observations; the message names the line, and nothing was changed.
    """
    table = read_observations(path)
    write_bytes(_folder(archive) / f"{path.stem}.csv", path.read_bytes())
    return len(table)


def with_ledger(made: Brief, archive: Archive, ports: Ports, given: BriefInput) -> Brief:
    """The brief with its part on what others saw before the corrections, where they saw anything in its period."""
    names = {aoi.id: aoi.name or aoi.id for aoi in given.aois}
    part = ledger_part(compare_ledger(archive, ports), names, given.period, simulated=given.is_simulated)
    if part is None:
        return made
    place = next((i for i, section in enumerate(made.sections) if section.id == "corrections"), len(made.sections))
    return replace(made, sections=(*made.sections[:place], part, *made.sections[place:]))


def _folder(archive: Archive) -> Path:
    return archive.root / "sightings"
