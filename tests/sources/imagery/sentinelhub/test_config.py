from __future__ import annotations

import pickle
from dataclasses import asdict, astuple

import pytest
from pydantic import SecretStr

from monitor.core.errors import SettingsError
from monitor.sources.imagery.sentinelhub.config import SentinelHubSettings, is_loopback, read_credentials


def test_one_setting_gives_the_right_endpoints():
    cdse, hub = SentinelHubSettings("cdse").endpoints, SentinelHubSettings("sh").endpoints
    assert cdse.base_url == "https://sh.dataspace.copernicus.eu"
    assert cdse.token_url.startswith("https://identity.dataspace.copernicus.eu/")
    assert hub.base_url == "https://services.sentinel-hub.com"
    assert cdse.masks_of("L2A") == ("SCL", "dataMask")
    assert cdse.masks_of("L1C") == ("dataMask",)
    assert "CLM" in hub.masks_of("L1C")


@pytest.mark.parametrize(
    "options, words",
    [
        ({"deployment": "planet"}, "use cdse, sh or custom"),
        ({"deployment": "custom"}, "needs base_url and token_url"),
        ({"deployment": "cdse", "base_url": "https://services.sentinel-hub.com"}, "has its own URLs"),
        ({"deployment": "custom", "base_url": "http://example.org", "token_url": "https://example.org"}, "plain HTTP"),
        ({"deployment": "custom", "base_url": "https://example.org", "token_url": "example.org"}, "is not a URL"),
        ({"level": "L3"}, "use L2A or L1C"),
    ],
)
def test_settings_that_do_not_fit_are_refused(options, words):
    with pytest.raises(SettingsError, match=words):
        SentinelHubSettings(**options)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost/x", "http://[::1]:9"])
def test_plain_http_is_for_this_machine(url):
    assert is_loopback(url)
    SentinelHubSettings("custom", url, url)


def test_a_secret_does_not_show_itself():
    settings = SentinelHubSettings(client_id=SecretStr("hunter1"), client_secret=SecretStr("hunter2"))
    for text in (repr(settings), str(settings), f"{settings!s:>300}", repr(asdict(settings)), repr(astuple(settings))):
        assert "hunter" not in text
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_missing_credentials_name_the_variables():
    assert "MONITOR_SENTINELHUB__CLIENT_SECRET" in SentinelHubSettings(client_id=SecretStr("x")).credentials_problem
    assert SentinelHubSettings(client_id=SecretStr("x"), client_secret=SecretStr("y")).credentials_problem == ""


def test_a_credentials_file_is_read_when_nobody_else_can(tmp_path):
    path = tmp_path / "credentials.toml"
    path.write_text('client_id = "a"\nclient_secret = "b"\n')
    path.chmod(0o600)
    assert [secret.get_secret_value() for secret in read_credentials(path)] == ["a", "b"]
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_credentials(path)


@pytest.mark.parametrize("text, words", [("client_id = ", "as TOML"), ('client_id = "topsecret"', "lacks")])
def test_a_wrong_credentials_file_is_named_without_its_content(tmp_path, text, words):
    path = tmp_path / "credentials.toml"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(SettingsError, match=words) as caught:
        read_credentials(path)
    assert "topsecret" not in str(caught.value)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_credentials(tmp_path / "none")
