"""Aircraft by command: what a user types, and what comes of files as they are."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.app import run
from monitor.core.tables import AIR_CALLS, AIR_CLAIMS, AIR_CONFLICTS, AIR_TRACKS
from monitor.workspace.workspace import Workspace
from tests.aviation.rendering import Leg, cut_below, draw, local, write_traces

CLAIMS = """date_local,tail,icao24,type,operator,from,to,event,times_as_reported,source_url,confidence,note
2023-09-26,RA-86559,15521F,Il-62M,Russian Air Force,Moscow,Pyongyang,arrived,,https://example.org/a,high,
2023-09-28,RA-86559,15521F,Il-62M,Russian Air Force,Pyongyang,Moscow,departed,,https://example.org/a,high,
2023-09-25,RA-86559,15521F,Il-62M,Russian Air Force,Moscow,Pyongyang,departed,,https://example.org/b,medium,
2023-09-27,RA-86559,15521F,Il-62M,Russian Air Force,Pyongyang,Moscow,departed,,https://example.org/b,medium,
"""
BASE = datetime(2024, 9, 20, tzinfo=UTC).timestamp()
OUT, BACK = Leg("UHWW", "ZKPY", local("2024-09-20T10:00")), Leg("ZKPY", "UHWW", local("2024-09-20T15:00"))
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    assert run(["init", str(tmp_path / "watch")]) == 0
    (tmp_path / "claims.csv").write_text(CLAIMS)
    return tmp_path / "watch"


def ingest(workspace: Path, capsys: Printed, *files: Path, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["flights", "ingest", *map(str, files), "-w", str(workspace), "--json"]) == code
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def traces(
    folder: Path,
    *,
    icao24: str = "15521f",
    tail: str = "RA-86559",
    legs: tuple[Leg, ...] = (OUT, BACK),
    low: float = 0.0,
) -> list[Path]:
    flights = [cut_below(draw(leg), low) if low else draw(leg) for leg in legs]
    folder.mkdir(exist_ok=True)
    return write_traces(folder, icao24, tail, flights, every=6)


def plain(folder: Path) -> list[list[Any]]:
    """The rows of a trace there and back."""
    rows: list[list[Any]] = json.loads(gzip.decompress(traces(folder)[0].read_bytes()))["trace"]
    return rows


def trace(path: Path, rows: list[list[Any]], *, tail: str = "RA-86559", name: str = "15521f") -> Path:
    path.write_text(json.dumps({"icao": name, "r": tail, "timestamp": BASE, "trace": rows}))
    return path


def test_published_flights_are_kept_once_and_are_no_calls(workspace: Path, capsys: Printed) -> None:
    claims = workspace.parent / "claims.csv"
    assert ingest(workspace, capsys, claims)["files"][0]["claims"] == 4
    assert ingest(workspace, capsys, claims)["already_in"] == ["claims.csv"]
    found = Workspace.open(workspace).aviation.flights()
    assert len(found.tables[AIR_CLAIMS]) == 4
    assert found.tables[AIR_CALLS].empty
    assert run(["flights", "calls", "2023-09", "-w", str(workspace)]) == 0
    assert "no calls" in capsys.readouterr().out


def test_september_2023_stays_two_claims_with_both_sources(workspace: Path, capsys: Printed) -> None:
    ingest(workspace, capsys, workspace.parent / "claims.csv")
    conflicts = Workspace.open(workspace).aviation.flights().tables[AIR_CONFLICTS]
    report = {(row.date_a, row.date_b): row for row in conflicts.itertuples()}
    assert set(report) == {("2023-09-25", "2023-09-26"), ("2023-09-27", "2023-09-28")}
    assert report["2023-09-25", "2023-09-26"].explained == "time zone"
    assert report["2023-09-27", "2023-09-28"].explained == "no"
    assert "do not explain" in report["2023-09-27", "2023-09-28"].wording
    for row in report.values():
        assert {row.citation_a, row.citation_b} == {"https://example.org/a", "https://example.org/b"}
        assert row.wording.endswith("Both are kept.")
    lanes = Workspace.open(workspace).aviation.timeline(period="2023-09")
    assert lanes["lane"].tolist() == ["published flight"] * 4
    assert set(lanes["evidence"]) == {"https://example.org/a", "https://example.org/b"}


def test_dates_of_a_leg_whose_end_is_unsaid_are_only_possibly_explained(workspace: Path, capsys: Printed) -> None:
    unsaid = workspace.parent / "unsaid.csv"
    unsaid.write_text(CLAIMS.replace("arrived", "").replace("departed", ""))
    ingest(workspace, capsys, unsaid)
    conflicts = Workspace.open(workspace).aviation.flights().tables[AIR_CONFLICTS]
    assert conflicts["explained"].tolist() == ["possibly", "possibly"]
    assert conflicts["wording"].str.contains("may explain").all()


def test_the_published_legs_read_in_by_command(workspace: Path, capsys: Printed, shared_data: Path) -> None:
    report = ingest(workspace, capsys, shared_data / "ports" / "flights.csv")
    assert report["files"][0]["claims"] == 19
    assert report["files"][0]["rejected"] == {}


def test_a_file_of_no_known_layout_is_named_and_stops_no_other(workspace: Path, capsys: Printed) -> None:
    odd = workspace.parent / "odd.csv"
    odd.write_text("a,b\n1,2\n")
    report = ingest(workspace, capsys, odd, workspace.parent / "claims.csv", code=1)
    assert report["failures"][0]["path"] == str(odd)
    assert "neither a readsb trace" in report["failures"][0]["error"]
    assert [file["claims"] for file in report["files"]] == [4]


def test_a_file_that_is_not_there_is_told(workspace: Path, capsys: Printed) -> None:
    report = ingest(workspace, capsys, workspace.parent / "gone.json", code=1)
    assert "cannot be read" in report["failures"][0]["error"]


def test_a_gzip_that_was_cut_off_gives_what_is_whole(workspace: Path, capsys: Printed, tmp_path: Path) -> None:
    path = traces(tmp_path / "t")[0]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    report = ingest(workspace, capsys, path)["files"][0]
    assert report["cut_off"]
    assert report["rejected"] == {"file cut off": 1}
    assert report["positions"] > 50


def test_heights_that_are_null_are_counted_and_ground_is_read(workspace: Path, capsys: Printed, tmp_path: Path) -> None:
    rows = plain(tmp_path / "t")
    grounded = sum(row[3] == "ground" for row in rows)
    flying = [k for k, row in enumerate(rows) if row[3] != "ground"]
    for k in flying[10:15]:
        rows[k][3] = None
    report = ingest(workspace, capsys, trace(tmp_path / "null.json", rows))
    assert report["files"][0]["rejected"] == {}
    assert report["cleaned"]["flagged"]["height unknown"] == 5
    tracks = Workspace.open(workspace).aviation.flights().tables[AIR_TRACKS]
    assert int(tracks["on_ground"].fillna(False).sum()) == grounded > 10
    assert Workspace.open(workspace).aviation.calls("ZKPY")["status"].tolist() == ["landed"]


def test_stale_positions_are_counted(workspace: Path, capsys: Printed, tmp_path: Path) -> None:
    rows = plain(tmp_path / "t")
    for row in rows[20:27]:
        row[6] = 1
    assert ingest(workspace, capsys, trace(tmp_path / "s.json", rows))["cleaned"]["flagged"]["stale"] == 7


def test_an_address_that_another_tail_uses_is_flagged(workspace: Path, capsys: Printed, tmp_path: Path) -> None:
    report = ingest(workspace, capsys, trace(tmp_path / "reused.json", plain(tmp_path / "t"), tail="HB-XYZ"))
    assert report["cleaned"]["flagged"]["registration-differs"] > 50
    calls = Workspace.open(workspace).aviation.calls("ZKPY")
    assert calls["flags"].tolist() == ["registration-differs"]


def test_two_aircraft_on_one_address_claim_nothing_of_each_other(
    workspace: Path, capsys: Printed, tmp_path: Path
) -> None:
    far = (Leg("ULLI", "UWKD", local("2024-09-20T10:05")), Leg("UWKD", "ULLI", local("2024-09-20T15:05")))
    report = ingest(workspace, capsys, *traces(tmp_path / "a"), *traces(tmp_path / "b", legs=far))
    assert report["cleaned"]["flagged"]["address-shared"] > 100
    assert report["cleaned"]["flagged"]["other-body"] > 50
    calls = Workspace.open(workspace).aviation.calls()
    assert set(calls["status"]) == {"contested"}
    assert calls["claim"].str.endswith("nothing is claimed.").all()


def test_a_clock_in_local_time_is_found_by_another_file(workspace: Path, capsys: Printed, tmp_path: Path) -> None:
    rows = plain(tmp_path / "t")
    late = [[row[0] + 9 * 3600.0, *row[1:]] for row in rows]
    report = ingest(
        workspace, capsys, trace(tmp_path / "utc.json", [*rows, *[]]), trace(tmp_path / "local.json", late[:-5])
    )
    assert report["cleaned"]["shifted"] == [{"icao24": "15521f", "file": "local.json", "hours_ahead": 9.0}]
    assert report["cleaned"]["left_out"]["clock in local time"] == len(late) - 5
    run(["flights", "ingest", str(tmp_path / "utc.json"), "-w", str(workspace)])
    assert "local.json (15521f) is +9 h off" in capsys.readouterr().out


@pytest.mark.parametrize(("data", "reason"), [("", "file is empty"), (None, "trace is empty"), ("{", "file cut off")])
def test_nothing_in_a_file_is_counted(
    workspace: Path, capsys: Printed, tmp_path: Path, data: str | None, reason: str
) -> None:
    path = trace(tmp_path / "e.json", [])
    if data is not None:
        path.write_text(data)
    report = ingest(workspace, capsys, path)["files"][0]
    assert report["positions"] == 0
    assert reason in report["rejected"]


def test_impossible_jumps_are_left_out_and_cost_no_call(workspace: Path, capsys: Printed, tmp_path: Path) -> None:
    rows = plain(tmp_path / "t")
    for k in (15, 60):
        rows[k][1:3] = [-30.0, 20.0]
    report = ingest(workspace, capsys, trace(tmp_path / "j.json", rows))
    assert report["cleaned"]["left_out"] == {"jump": 2}
    assert Workspace.open(workspace).aviation.calls("ZKPY")["status"].tolist() == ["landed"]


def test_days_of_a_history_that_bear_one_name_are_told_apart(workspace: Path, capsys: Printed, tmp_path: Path) -> None:
    for day, leg in (("19", Leg("UHWW", "ZKPY", local("2024-09-19T12:00"))), ("20", BACK)):
        home = tmp_path / "2024" / "09" / day / "traces" / "1f"
        home.mkdir(parents=True)
        traces(tmp_path / day, legs=(leg,))[0].rename(home / "trace_full_15521f.json")
    assert len(ingest(workspace, capsys, tmp_path / "2024")["files"]) == 2
    tracks = Workspace.open(workspace).aviation.flights().tables[AIR_TRACKS]
    assert set(tracks["source_file"]) == {f"2024/09/{d}/traces/1f/trace_full_15521f.json" for d in ("19", "20")}


def others(folder: Path, days: int = 12) -> Path:
    """Other traffic near Pyongyang on each of some days."""
    rows = ["time,icao24,lat,lon,velocity,heading,vertrate,callsign,onground,baroaltitude"]
    for day in range(days):
        start = BASE - 86400.0 * (days - 3 - day)
        rows += [f"{start + 60 * k},78000{k % 4},38.5,{124.5 + k / 50},220,90,0,X,False,10000" for k in range(40)]
    path = folder / "states.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_rates_and_events_come_with_exposure_and_base_rate(workspace: Path, capsys: Printed, tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text("date,event\n2024-09-21,a vote\n2024-09-13,a visit\n2025-01-01,too late\n")
    ingest(workspace, capsys, *traces(tmp_path / "t"), others(tmp_path))
    asked = ["flights", "unusual", "2024-09-20/2024-09-23", "--airfield", "ZKPY", "-w", str(workspace)]
    assert run(asked) == 0
    printed = capsys.readouterr().out
    assert "1 call on 3 covered days" in printed
    assert "0 calls on 9 covered days before would let expect 0.0" in printed
    assert "event" not in printed
    assert run([*asked[:2], *asked[3:], "--events", str(tmp_path / "votes.csv"), "--within", "1d"]) == 0
    printed = capsys.readouterr().out
    assert "1 of 2 dated events had a call within 1 days; by chance 0.5 would" in printed
    assert "This is co-occurrence, not cause." in printed
    assert "On days without coverage, counted nowhere: 1 event." in printed
    for word in ("because", "caused", "led to", "in response"):
        assert word not in printed
    assert run([*asked[:2], "--airfield", "XXXX", "-w", str(workspace)]) == 2


def test_lists_of_the_users_own_are_read_from_the_workspace(workspace: Path, capsys: Printed, tmp_path: Path) -> None:
    assert run(["flights", "lists", "-w", str(workspace)]) == 0
    assert {"watchlist.csv", "airfields.geojson"} <= {path.name for path in workspace.iterdir()}
    assert run(["flights", "lists", "-w", str(workspace)]) == 2
    (workspace / "watchlist.csv").write_text("icao24,registration,type\nabcdef,N1,B742\n")
    point = {"type": "Point", "coordinates": [127.0, 40.0]}
    field = {"id": "MINE", "name": "My strip", "closed": True, "timezone": "Asia/Pyongyang"}
    features = [{"type": "Feature", "properties": field, "geometry": point}]
    (workspace / "airfields.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (workspace / "votes.csv").write_text("date,event\n2024-09-21,a vote\n")
    with (workspace / "monitor.toml").open("a") as file:
        file.write('\n[flights]\nwatchlist = "watchlist.csv"\nairfields = "airfields.geojson"\nevents = "votes.csv"\n')
    text = (workspace / "monitor.toml").read_text().replace("\n[flights]\n# files", "\n# files", 1)
    (workspace / "monitor.toml").write_text(text)
    legs = (Leg("UHWW", "ZKPY", local("2024-09-20T10:00")),)
    report = ingest(workspace, capsys, *traces(tmp_path / "n1", icao24="abcdef", tail="N1", legs=legs))
    assert report["files"][0]["positions"] > 50
    found = Workspace.open(workspace).aviation.flights()
    assert {"MINE", "ZKPY"} <= found.closed
    assert set(found.tables[AIR_CALLS]["registration"]) == {"N1"}
    assert Workspace.open(workspace).aviation.timeline()["lane"].tolist() == ["flight", "event"]


def test_a_run_takes_traces_from_the_folder_and_none_twice(workspace: Path, capsys: Printed) -> None:
    (workspace / "scenes").mkdir()
    traces(workspace / "air")
    for done in (1, 0):
        run(["run", "--due", "--json", "-w", str(workspace)])
        steps = {step["name"]: step for step in json.loads(capsys.readouterr().out.splitlines()[-1])["steps"]}
        assert (steps["flights"]["done"], steps["flights"]["failures"]) == (done, [])
    timeline = Workspace.open(workspace).aviation.timeline(period="2024-09-20/2024-09-21")
    assert timeline["lane"].tolist() == ["flight"]
    assert Workspace.open(workspace).aviation.timeline(period="2024-10").empty
    assert timeline["start"].iloc[0] - OUT.start < timedelta(hours=3)
