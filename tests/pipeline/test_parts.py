"""A new scene at one port: what is derived anew, and that nothing else differs from deriving everything."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.aoi import Aoi, read_aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import COUNTS
from monitor.core.tableset import TableSet
from monitor.pipeline.context import Context
from monitor.pipeline.correlate import correlate_all, summary
from monitor.store.archive import Archive
from tests.benchmarks.correlate_year import made_observations
from tests.pipeline.made_scenes import context_of, write

STEPS = {"observed", "states", "stays", "series", "rates", "pairs"}
PAIR = ("dunai/rajin",)


@pytest.fixture(scope="module")
def ports() -> tuple[Aoi, ...]:
    folder = Path(__file__).resolve().parents[2] / "aoi"
    return tuple(read_aoi(folder / f"{name}.geojson") for name in ("rajin", "dunai"))


@pytest.fixture(scope="module")
def made(ports: tuple[Aoi, ...]) -> tuple[TableSet, tuple[Acquisition, ...]]:
    return made_observations(ports, each=4)


@pytest.fixture(scope="module")
def first(
    tmp_path_factory: pytest.TempPathFactory, ports: tuple[Aoi, ...], made: tuple[TableSet, tuple[Acquisition, ...]]
) -> Path:
    """The archive of two ports with four scenes each, correlated."""
    context = context_of(tmp_path_factory.mktemp("parts") / "archive", ports)
    for acquisition in made[1]:
        write(context, acquisition, acquisition.id, made[0])
    anew = correlate_all(context.after_pull()).anew
    assert anew == {step: PAIR if step == "pairs" else ("dunai", "rajin") for step in STEPS}
    return context.archive.root


@pytest.fixture
def derived(first: Path, tmp_path: Path, ports: tuple[Aoi, ...]) -> Context:
    """A copy of it."""
    return context_of(shutil.copytree(first, tmp_path / "archive"), ports)


def _with_new_scene(context: Context, made: tuple[TableSet, tuple[Acquisition, ...]], after: timedelta) -> Context:
    """The workspace with one scene more at Rajin, some time after the second last one."""
    like = [acquisition for acquisition in made[1] if acquisition.aoi_id == "rajin"][-2]
    at = like.start + after
    write(context, replace(like, id="rajin_new", start=at, end=at), like.id, made[0])
    return context.after_pull()


def _tables(archive: Archive) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (archive.root / "derived").glob("*.parquet")}


def test_nothing_new_derives_nothing(derived: Context) -> None:
    before = _tables(derived.archive)
    again = correlate_all(derived)
    assert again.anew == {}
    assert _tables(derived.archive) == before


def test_a_new_scene_derives_its_port_alone_and_gives_what_a_full_run_gives(
    derived: Context, made: tuple[TableSet, tuple[Acquisition, ...]], tmp_path: Path
) -> None:
    context = _with_new_scene(derived, made, timedelta(days=1))
    shutil.copytree(context.archive.root, tmp_path / "full")
    full = context_of(tmp_path / "full", context.aois)
    shutil.rmtree(full.archive.root / "derived" / "parts")
    (full.archive.root / "derived" / "matched.txt").unlink()
    found, whole = correlate_all(context), correlate_all(full)
    assert found.anew == {step: PAIR if step == "pairs" else ("rajin",) for step in STEPS}
    assert set(whole.anew["observed"]) == {"rajin", "dunai"}
    assert _tables(context.archive) == _tables(full.archive)
    assert "rajin_new" in set(found.tables[COUNTS]["scene_id"])
    assert "; derived anew: rajin (1 of 2 ports)" in summary(found, 2)
    assert "anew" not in summary(whole, 2)


def test_a_later_day_gives_the_other_port_another_week_and_nothing_else(
    derived: Context, made: tuple[TableSet, tuple[Acquisition, ...]]
) -> None:
    found = correlate_all(_with_new_scene(derived, made, timedelta(days=9)))
    others = {step for step, names in found.anew.items() if "dunai" in names}
    assert others == {"rates"}


def test_a_damaged_part_is_made_again(derived: Context, caplog: pytest.LogCaptureFixture) -> None:
    before, part = _tables(derived.archive), derived.archive.root / "derived/parts/stays/rajin.zip"
    part.write_bytes(part.read_bytes()[:-40])
    assert correlate_all(derived).anew == {"stays": ("rajin",)}
    assert "rajin.zip: damaged" in caplog.text
    assert _tables(derived.archive) == before


def test_the_parts_of_a_port_that_is_gone_go_too(derived: Context) -> None:
    folder = derived.archive.root / "derived" / "parts"
    correlate_all(derived.of(derived.aois[:1]))
    assert {path.name for path in folder.rglob("*.zip")} == {"rajin.zip"}
