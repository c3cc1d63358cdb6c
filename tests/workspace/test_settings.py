from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from monitor.core.errors import SettingsError
from monitor.core.findings import LIKELIHOODS
from monitor.fuse.findings.alerts import DEFAULT_RULES, RULES
from monitor.pipeline.freshness import made_from
from monitor.workspace.factory import make_source
from monitor.workspace.settings import AlertRuleName, LikelihoodWord, Settings, read_settings, template
from monitor.workspace.workspace import Workspace


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "monitor.toml"


def test_a_new_workspace_has_every_setting_with_its_meaning_and_the_defaults(path: Path) -> None:
    path.write_text(template())
    assert read_settings(path) == Settings()
    text = path.read_text()
    for section, field in Settings.model_fields.items():
        assert f"[{section}]" in text
        for name, setting in field.annotation.model_fields.items():  # type: ignore[union-attr]
            assert name in text
            assert setting.description, f"[{section}] {name} has no description"


def test_the_environment_wins_over_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text('[source]\nname = "simulated"\n[ais]\ngap = "6h"\n')
    monkeypatch.setenv("MONITOR_SOURCE__NAME", "folder")
    monkeypatch.setenv("MONITOR_SENTINELHUB__DEPLOYMENT", "sh")
    settings = read_settings(path)
    assert (settings.source.name, settings.sentinelhub.deployment, settings.ais.gap) == ("folder", "sh", "6h")


def test_a_folders_pictures_are_placed_and_their_empty_number_named(path: Path, tmp_path: Path) -> None:
    path.write_text('[source]\nnodata = "none"\n[source.corners]\n"a.png" = [1, 2, 3, 4]\n')
    settings = read_settings(path)
    made = make_source(tmp_path, settings, ())
    assert made.given.nodata == "none"
    assert made.corners == {"a.png": (1.0, 2.0, 3.0, 4.0)}
    path.write_text("[source]\nnodata = 255\n")
    assert make_source(tmp_path, read_settings(path), ()).given.nodata == 255.0


def test_a_secret_is_taken_from_the_environment_and_never_shown(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_SENTINELHUB__CLIENT_SECRET", "hush-hush")
    settings = read_settings(path)
    assert settings.sentinelhub.client_secret.get_secret_value() == "hush-hush"
    assert "hush-hush" not in repr(settings) + str(settings)


def test_a_secret_in_the_file_is_refused_without_being_repeated(path: Path) -> None:
    path.write_text('[sentinelhub]\nclient_secret = "hush-hush"\n')
    with pytest.raises(SettingsError, match="MONITOR_SENTINELHUB__CLIENT_SECRET") as caught:
        read_settings(path)
    assert "hush-hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[sourc]\nname = 1", r"\[sourc\]: no such setting"),
        ("[source]\nfolders = 1", r"\[source\] folders: no such setting"),
        ('[source]\nname = "ftp"', r"\[source\] name: Input should be 'folder'"),
        ('[source]\nnodata = "black"', r"\[source\] nodata"),
        ('[source.corners]\n"a.png" = [5, 2, 3, 4]', r"\[source.corners\] a.png: give west,south,east,north"),
        ('[ais]\ngap = "12"', r"\[ais\] gap: '12' is not a length of time"),
        ('[source]\nperiod = "soon"', r"\[source\] period: 'soon' is not a period"),
        ("x = 1", "x stands outside a section"),
        ("[[", "not readable TOML"),
    ],
)
def test_a_wrong_setting_is_named(path: Path, text: str, message: str) -> None:
    path.write_text(text)
    with pytest.raises(SettingsError, match=message):
        read_settings(path)


def test_alert_targets_are_secrets(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text('[alerts]\nurls = "slack://hush-hush"\n')
    with pytest.raises(SettingsError, match="urls_file") as caught:
        read_settings(path)
    assert "hush-hush" not in str(caught.value)
    path.write_text("")
    monkeypatch.setenv("MONITOR_ALERTS__URLS", "slack://hush-hush")
    settings = read_settings(path)
    assert settings.alerts.urls.get_secret_value() == "slack://hush-hush"
    assert "hush-hush" not in repr(settings) + str(settings)


def test_the_rules_of_the_settings_are_those_of_the_alerts() -> None:
    assert get_args(AlertRuleName) == RULES
    assert Settings().alerts.rules == DEFAULT_RULES
    assert get_args(LikelihoodWord) == tuple(word for word, _, _ in LIKELIHOODS)


def test_a_silence_of_less_than_a_day_is_refused(path: Path) -> None:
    path.write_text('[alerts]\nsilence = "12h"\n')
    with pytest.raises(SettingsError, match=r"\[alerts\] silence: '12h' is less than a day"):
        read_settings(path)


def test_the_allowed_false_alarms_reach_what_is_derived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace.create(tmp_path)
    before = made_from(workspace.context())
    monkeypatch.setenv("MONITOR_ALERTS__FALSE_ALARMS_PER_YEAR", "0.1")
    context = Workspace.open(tmp_path).context()
    assert context.rules.false_alarms_per_year == 0.1
    assert made_from(context) != before


def test_no_false_alarm_at_all_cannot_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_ALERTS__FALSE_ALARMS_PER_YEAR", "0")
    with pytest.raises(SettingsError, match="false_alarms_per_year"):
        read_settings(tmp_path / "monitor.toml")


def test_a_new_workspace_takes_radar_and_optics(tmp_path: Path) -> None:
    assert Workspace.create(tmp_path).settings.source.sensors == ("s2", "s1")
    assert '# sensors = ["s2", "s1"]' in (tmp_path / "monitor.toml").read_text(encoding="utf-8")


def test_a_byte_order_mark_is_read_and_a_path_of_windows_is_told_how(path: Path) -> None:
    path.write_text('[source]\nfolder = "C:/scenes"\n', encoding="utf-8-sig")
    assert read_settings(path).source.folder == Path("C:/scenes")
    for text in (r'folder = "C:\Users\x"', r'folder = "C:\data"'):
        path.write_text(f"[source]\n{text}\n")
        with pytest.raises(SettingsError, match="write paths with / or in 'single quotes'"):
            read_settings(path)


def test_pairs_of_chains_may_state_their_travel_time(tmp_path: Path) -> None:
    path = tmp_path / "monitor.toml"
    path.write_text('[chains]\nplaces = ["rajin > depot", "dunai > depot: 6 to 20.5 days"]\n')
    rule = read_settings(path).chains.rule()
    assert rule.places == (("rajin", "depot"), ("dunai", "depot"))
    assert rule.known_days == (("dunai", "depot", 6.0, 20.5),)
    assert rule.days(("dunai", "depot"), "train came", 1e6) == (6.0, 20.5)


@pytest.mark.parametrize("text", ["rajin", "rajin > depot: soon", "rajin > depot: 9 to 3 days"])
def test_a_pair_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "monitor.toml"
    path.write_text(f'[chains]\nplaces = ["{text}"]\n')
    with pytest.raises(SettingsError, match="is no pair"):
        read_settings(path).chains.rule()
