"""Alerts from the tables of an archive to what became of each message."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from monitor.core.errors import SettingsError, SourceError
from monitor.core.findings import Finding
from monitor.pipeline.alerts import raise_and_send as steps
from monitor.pipeline.alerts.plan import AlertPlan, alerts_are_raised
from monitor.pipeline.freshness import FINDINGS
from monitor.report.alerts.messages import Message
from monitor.report.alerts.send import Target
from monitor.store import findings as texts
from monitor.store.alerts import AlertStore
from monitor.store.archive import Archive
from tests.pipeline.contexts import context

NOW = datetime(2023, 10, 6, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN = AlertPlan(NOW, ("dark_event", "shuttle"), "likely", 3 * DAY, 30 * DAY, (), 14 * DAY, DAY)
ONE, TWO = Target("json://one"), Target("json://two")


def _finding(name: str, kind: str = "dark_event", aoi: str = "rajin") -> Finding:
    return Finding(name, kind, aoi, NOW - DAY, NOW - DAY, f"Claim of {name}.", "likely", "low")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    made.write_note(FINDINGS, texts.to_text([_finding("a"), _finding("b", "shuttle")]))
    return made


def _raise(archive: Archive, *, now: datetime = NOW) -> int:
    return steps.raise_alerts(context(archive, now=now), PLAN).done


class Post:
    """Keeps what was sent; fails for the targets in `down`."""

    def __init__(self, *down: Target) -> None:
        self.sent: list[tuple[Target, str]] = []
        self.down = down

    def __call__(self, target: Target, message: Message) -> None:
        if target in self.down:
            raise SourceError(f"{target}: not delivered (500)", transient=True)
        self.sent.append((target, message.title))


def _send(archive: Archive, post: Post, *targets: Target) -> tuple[int, int]:
    pending = steps.to_send(context(archive), archive.root / "reports")
    step = steps.send_alerts(archive, pending, targets, now=NOW, by=post)
    return step.done, len(step.failures)


def test_what_is_worth_telling_is_recorded_once(archive: Archive) -> None:
    assert _raise(archive) == 2
    assert _raise(archive, now=NOW + 5 * DAY) == 0
    assert AlertStore(archive).table()["state"].tolist() == ["new", "new"]


def test_the_outcome_of_a_run_names_what_was_raised_in_words(archive: Archive) -> None:
    note = steps.raise_alerts(context(archive, now=NOW), PLAN).note
    assert note == "vessel that AIS does not explain: 1, shuttle: 1"


def test_alerts_outlive_the_index(archive: Archive) -> None:
    _raise(archive)
    before = AlertStore(archive).table()
    archive.index.discard()
    archive.reindex()
    pd.testing.assert_frame_equal(AlertStore(archive).table(), before)


def test_it_is_known_without_asking_again_that_everything_was_raised(archive: Archive) -> None:
    assert not alerts_are_raised(archive, PLAN)
    _raise(archive)
    assert alerts_are_raised(archive, PLAN)
    assert not alerts_are_raised(archive, replace(PLAN, as_of=NOW + DAY))


def test_each_message_goes_to_each_target_once(archive: Archive) -> None:
    _raise(archive)
    post = Post()
    assert _send(archive, post, ONE, TWO) == (2, 0)
    assert sorted(str(target.url) for target, _ in post.sent) == ["json://one"] * 2 + ["json://two"] * 2
    assert _send(archive, post, ONE, TWO) == (0, 0)
    table = AlertStore(archive).table()
    assert table["state"].tolist() == ["sent", "sent"]
    assert table["sent_at"].notna().all()


def test_what_failed_is_recorded_and_tried_again_where_it_did_not_arrive_only(archive: Archive) -> None:
    _raise(archive)
    first, second = Post(TWO), Post()
    assert _send(archive, first, ONE, TWO) == (0, 2)
    table = AlertStore(archive).table()
    assert table["state"].tolist() == ["failed", "failed"]
    assert table["error"].str.contains("500").all()
    assert _send(archive, second, ONE, TWO) == (2, 0)
    assert {target for target, _ in second.sent} == {TWO}
    assert AlertStore(archive).table()["attempts"].tolist() == [2, 2]


def test_a_dead_target_is_left_alone_after_two_failures(archive: Archive) -> None:
    archive.write_note(FINDINGS, texts.to_text([_finding(name, aoi=name) for name in "abcd"]))
    _raise(archive)
    step = steps.send_alerts(archive, steps.to_send(context(archive), archive.root), [ONE], now=NOW, by=Post(ONE))
    assert ["not tried" in why for _, why in step.failures] == [False, False, True, True]


def test_what_no_longer_holds_is_withdrawn_before_it_is_sent(archive: Archive) -> None:
    _raise(archive)
    archive.write_note(FINDINGS, texts.to_text([_finding("b", "shuttle")]))
    _raise(archive)
    states = AlertStore(archive).table().set_index("finding_id")["state"].to_dict()
    assert states == {"a": "withdrawn", "b": "new"}
    assert [waiting.alert["finding_id"] for waiting in steps.to_send(context(archive), archive.root)] == ["b"]


def test_what_was_sent_and_no_longer_holds_is_taken_back_once(archive: Archive) -> None:
    _raise(archive)
    _send(archive, Post(), ONE)
    archive.write_note(FINDINGS, texts.to_text([_finding("b", "shuttle")]))
    assert _raise(archive, now=NOW + DAY) == 1
    assert _raise(archive, now=NOW + 2 * DAY) == 0
    [waiting] = steps.to_send(context(archive), archive.root)
    assert "no longer holds: “Claim of a.”" in waiting.message.body
    assert "reported on 6 Oct 2023" in waiting.message.body
    post = Post()
    _send(archive, post, ONE)
    assert len(post.sent) == 1
    states = AlertStore(archive).table().groupby("rule")["state"].first().to_dict()
    assert states == {"correction": "sent", "dark_event": "withdrawn", "shuttle": "sent"}


def test_nothing_is_taken_back_before_its_scenes_have_detections_anew(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    _raise(archive)
    archive.write_note(FINDINGS, texts.to_text([]))
    scene = SimpleNamespace(acquisition=SimpleNamespace(acquired_at=NOW - DAY))
    monkeypatch.setattr(steps, "without_detections", lambda _: [(scene, None)])
    _raise(archive)
    assert AlertStore(archive).table()["state"].tolist() == ["new", "new"]
    scene.acquisition.acquired_at = NOW - 20 * DAY
    _raise(archive)
    assert AlertStore(archive).table()["state"].tolist() == ["withdrawn", "withdrawn"]


def test_without_a_target_nothing_is_marked_as_sent(archive: Archive) -> None:
    _raise(archive)
    with pytest.raises(SettingsError, match="MONITOR_ALERTS__URLS"):
        _send(archive, Post())
    assert set(AlertStore(archive).table()["state"]) == {"new"}


def test_messages_point_into_the_newest_brief(archive: Archive, tmp_path: Path) -> None:
    _raise(archive)
    (tmp_path / "brief_x.html").write_text('<h2 id="dark">Notable</h2><h2 id="voyages">Voyages</h2>')
    bodies = [w.message.body for w in steps.to_send(context(archive), tmp_path, base="https://desk/briefs/")]
    assert "Brief: https://desk/briefs/brief_x.html#dark" in bodies[0]
    assert "Brief: https://desk/briefs/brief_x.html#voyages" in bodies[1]


def test_no_alerts_are_an_empty_table(tmp_path: Path) -> None:
    assert AlertStore(Archive(tmp_path)).table().empty
    assert steps.to_send(context(Archive(tmp_path)), tmp_path) == []


def test_a_kill_between_two_targets_sends_to_none_twice(archive: Archive) -> None:
    _raise(archive)
    first = Post()

    def killed(target: Target, message: Message) -> None:
        if target == TWO:
            raise SystemExit
        first(target, message)

    with pytest.raises(SystemExit):
        _send(archive, killed, ONE, TWO)  # type: ignore[arg-type]
    second = Post()
    assert _send(archive, second, ONE, TWO) == (2, 0)
    both = [(str(target.url), title) for target, title in first.sent + second.sent]
    assert len(both) == len(set(both)) == 4


def test_what_another_process_has_sent_meanwhile_is_not_sent_again(archive: Archive) -> None:
    _raise(archive)
    waiting, post = steps.to_send(context(archive), archive.root / "reports"), Post()
    assert _send(archive, Post(), ONE) == (2, 0)
    assert steps.send_alerts(archive, waiting, [ONE], now=NOW, by=post).done == 0
    assert post.sent == []
