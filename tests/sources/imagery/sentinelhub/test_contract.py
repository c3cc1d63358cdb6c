"""What we rely on in the sentinelhub package beyond its documented interface; a new version that differs fails here."""

from __future__ import annotations

import inspect

import pytest
import requests
from sentinelhub import DownloadFailedException, SentinelHubCatalog, SentinelHubDownloadClient, SentinelHubSession
from sentinelhub.download import sentinelhub_client

from monitor.sources.imagery.sentinelhub.client import _Client


def overridden(ours: type, theirs: type) -> set[str]:
    return {name for name in vars(ours) if not name.startswith("__") and hasattr(theirs, name)}


def test_the_client_overrides_one_private_method():
    assert overridden(_Client, SentinelHubDownloadClient) == {"_do_download"}


@pytest.mark.parametrize(
    "function, parameters",
    [
        (SentinelHubDownloadClient._do_download, ["self", "request"]),
        (SentinelHubDownloadClient._execute_download, ["self", "request"]),
        (SentinelHubDownloadClient.download, ["self", "args", "kwargs"]),
        (SentinelHubDownloadClient.__init__, ["self", "session", "default_retry_time", "kwargs"]),
        (SentinelHubSession.__init__, ["self", "config", "refresh_before_expiry", "_token"]),
        (SentinelHubSession.from_token, ["token"]),
    ],
)
def test_the_signatures_are_those_that_we_call(function, parameters):
    assert list(inspect.signature(function).parameters) == parameters


def test_every_download_goes_through_the_method_that_we_override():
    assert "self._do_download(request)" in inspect.getsource(SentinelHubDownloadClient._execute_download)
    assert "requests.request(" not in inspect.getsource(SentinelHubDownloadClient._execute_download)
    assert inspect.getsource(sentinelhub_client).count("requests.request(") == 1
    hints = inspect.signature(SentinelHubDownloadClient._do_download, eval_str=True)
    assert hints.return_annotation is requests.Response


def test_a_catalog_asks_the_client_that_is_set_on_it():
    assert "self.client.get_json" in inspect.getsource(SentinelHubCatalog)


def test_a_failed_download_carries_its_cause():
    cause = requests.ConnectionError("down")
    assert DownloadFailedException("x", request_exception=cause).request_exception is cause


def test_a_session_renews_its_token_when_it_is_read():
    assert isinstance(SentinelHubSession.token, property)
    assert "_collect_new_token" in inspect.getsource(SentinelHubSession.token.fget)
