"""Alerts as messages: one a finding, in the wording of the brief."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from monitor.fuse.findings import wording
from monitor.report.page.wording import SIMULATED, SIMULATED_LINE

HEADS = {
    "dark_event": "vessel that AIS does not explain",
    "unmatched": "unmatched vessel, AIS reception unknown",
    "visit": "visit at a watched berth",
    "shuttle": "shuttle",
    "change": "counts changed",
    "feed": "AIS feed silent",
    "unseen": "not observed",
    "land_change": "lasting change of the ground",
    "first_train": "first trains after weeks",
    "oil_stay": "ship at an oil berth",
    "correction": "correction of what was reported",
}
"""What an alert is about, by its rule."""
_CAVEATS = {
    "dark_event": wording.UNMATCHED_CAVEAT,
    "unmatched": wording.UNMATCHED_CAVEAT,
    "visit": wording.NAME_RULE,
    "shuttle": f"{wording.NAME_RULE} {wording.CONTENTS}",
    "change": wording.SNAPSHOT,
    "land_change": wording.SNAPSHOT,
    "first_train": wording.SNAPSHOT,
    "oil_stay": wording.NAME_RULE,
}
_SECTIONS = {
    "dark_event": "dark",
    "unmatched": "dark",
    "visit": "{aoi}-visits",
    "shuttle": "voyages",
    "change": "{aoi}-series",
    "feed": "gaps",
    "unseen": "coverage",
    "land_change": "{aoi}-land",
    "first_train": "{aoi}-land",
    "oil_stay": "{aoi}-visits",
    "correction": "corrections",
}


@dataclass(frozen=True, slots=True)
class Message:
    """The text of one alert, plain."""

    title: str
    body: str

    def text(self) -> str:
        """Title, then body."""
        return f"{self.title}\n{self.body}"


@dataclass(frozen=True, slots=True)
class BriefPage:
    """The brief that messages point to: where it can be read, and the anchors that it has."""

    url: str = ""
    anchors: Collection[str] = ()

    def link(self, rule: str, aoi_id: str, finding_id: str) -> str:
        """The address of the place in the brief that is about a finding; "" when there is no brief.

        Parameters
        ----------
        rule : str
            Name of the alert's rule.
        aoi_id : str
            The port; empty for what concerns all.
        finding_id : str
            The finding; empty for none.
        """
        if not self.url:
            return ""
        for anchor in (f"event-{finding_id}", _SECTIONS.get(rule, "").format(aoi=aoi_id)):
            if anchor in self.anchors:
                return f"{self.url}#{quote(anchor)}"
        return self.url


def message(alert: Mapping[str, object], *, port: str, brief: BriefPage) -> Message:
    """The message of one row of ALERTS.

    Claim, likelihood and confidence stand in sentences of their own; what else it could be and what it does not show
    come with it. Simulated alerts are marked so in title and body.

    Parameters
    ----------
    alert : mapping of str to object
        A row of ALERTS.
    port : str
        The port's name; "" for what concerns all ports.
    brief : BriefPage
        The page that the message links to.
    """
    rule, finding = str(alert["rule"]), str(alert["finding_id"])
    made_up = bool(alert["is_simulated"])
    head = f"{port}: {HEADS.get(rule, rule)}" if port else HEADS.get(rule, rule)
    others = ", or ".join(_parts(alert["alternatives"]))
    link = brief.link(rule, str(alert["aoi_id"]), finding)
    lines = [
        SIMULATED_LINE if made_up else "",
        str(alert["claim"]),
        wording.likelihood_line(str(alert["likelihood"])) if alert["likelihood"] else "",
        wording.confidence_line(str(alert["confidence"]), _parts(alert["reasons"])),
        f"It could also be: {others}." if others else "",
        _CAVEATS.get(rule, ""),
        "From an automatic draft; check the evidence before you quote it.",
        f"Brief: {link}" if link else "",
        f"Finding: {finding}",
    ]
    return Message(f"{SIMULATED} · {head}" if made_up else head, "\n".join(line for line in lines if line))


def _parts(text: object) -> tuple[str, ...]:
    return tuple(part for part in str(text).split("; ") if part)
