"""The only thing a brief may state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement with its evidence.

    Attributes
    ----------
    id : str
        Made from what the statement is about, so that running again gives the same id.
    kind : str
        ``dark_event`` | ``visit`` | ``voyage`` | ``shuttle`` | ``gap`` | ``count`` | ``stack`` | ``coverage`` |
        ``air_call`` | ``oil_stay`` | ``land_state`` | ``first_train`` | ``land_change`` | ``chain``, and for alerts
        ``change`` | ``feed`` | ``unseen``.
    aoi_id : str
        Of the AOI (of an ``air_call`` the airfield) that it is about; "" when it concerns all.
    start, end : datetime
        In UTC; equal for an instant.
    claim : str
        The sentence, in fixed wording.
    likelihood : str
        One of the seven words of ICD 203, or "" for a plain observation.
    confidence : str
        ``high`` | ``moderate`` | ``low``.
    reasons : tuple of str
        Why this confidence.
    evidence : tuple of str
        Ids of detections, scenes, gaps, matches and visits.
    alternatives : tuple of str
        What else could explain it.
    """

    id: str
    kind: str
    aoi_id: str
    start: datetime
    end: datetime
    claim: str
    likelihood: str
    confidence: str
    reasons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


LIKELIHOODS: tuple[tuple[str, float, float], ...] = (
    ("almost no chance", 0.01, 0.05),
    ("very unlikely", 0.05, 0.20),
    ("unlikely", 0.20, 0.45),
    ("roughly even chance", 0.45, 0.55),
    ("likely", 0.55, 0.80),
    ("very likely", 0.80, 0.95),
    ("almost certain", 0.95, 0.99),
)
"""Words and their probability ranges, as in Intelligence Community Directive 203."""


def likelihood_word(probability: float) -> str:
    """The word of ICD 203 whose range holds a probability (0–1); the ends stretch to 0 and 1."""
    for word, _, high in LIKELIHOODS[:-1]:
        if probability < high:
            return word
    return LIKELIHOODS[-1][0]
