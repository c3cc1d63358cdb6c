from __future__ import annotations

import pandas as pd

from monitor.core.tables import LEDGER
from monitor.core.timerange import TimeRange
from monitor.report.page.blocks import Section, Table, Text
from monitor.report.sections.ledger import MOST_ROWS, ledger_part

OCTOBER = TimeRange.parse("2023-10")


def _ledger(*rows: tuple[str, str, str]) -> pd.DataFrame:
    blank = dict.fromkeys(("visit_id", "berth", "vessel", "cause"), "")
    return LEDGER.conform(
        pd.DataFrame(
            [
                {
                    **blank,
                    "entry_id": f"e{n}",
                    "observation_id": f"o{n}",
                    "origin": origin,
                    "port": "rajin",
                    "start": pd.Timestamp(day, tz="UTC"),
                    "end": pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1),
                    "event": "docked",
                    "verdict": verdict,
                    "reason": "a reason",
                    "observations": 1,
                    "source": "https://www.paper.example/a?b=1",
                    "confidence": "high",
                }
                for n, (origin, day, verdict) in enumerate(rows)
            ]
        )
    )


def _part(ledger: pd.DataFrame, *, simulated: bool = False) -> Section | None:
    return ledger_part(ledger, {"rajin": "Rajin"}, OCTOBER, simulated=simulated)


def _words(part: Section | None) -> str:
    assert part is not None
    return " ".join(text for block in part.blocks if isinstance(block, Text) for text in block.paragraphs)


def test_only_what_others_saw_in_the_period_is_told() -> None:
    part = _part(
        _ledger(
            ("published", "2023-10-05", "matched"),
            ("own", "2023-10-06", "external_only"),
            ("published", "2023-11-05", "matched"),
            ("ours", "2023-10-07", "monitor_only"),
        )
    )
    assert "2 observations by others fall into this period (1 published, 1 of an analyst's own)" in _words(part)
    table = next(block for block in part.blocks if isinstance(block, Table))  # type: ignore[union-attr]
    assert [row[3].text for row in table.rows] == ["seen by both", "seen by them only"]
    assert table.rows[0][5].text == "paper.example (high)"


def test_nothing_to_compare_makes_no_section() -> None:
    assert _part(LEDGER.empty()) is None
    assert _part(_ledger(("published", "2023-10-05", "not_comparable"))) is None


def test_they_are_said_to_enter_no_count() -> None:
    assert "enter no count" in _words(_part(_ledger(("published", "2023-10-05", "matched"))))


def test_beside_made_up_ships_it_says_that_the_comparison_means_nothing() -> None:
    ledger = _ledger(("published", "2023-10-05", "matched"))
    assert "SIMULATED" in _words(_part(ledger, simulated=True))
    assert "SIMULATED" not in _words(_part(ledger))


def test_a_long_list_is_cut_and_says_so() -> None:
    part = _part(_ledger(*[("published", "2023-10-05", "matched")] * (MOST_ROWS + 1)))
    table = next(block for block in part.blocks if isinstance(block, Table))  # type: ignore[union-attr]
    assert len(table.rows) == MOST_ROWS
    assert f"of {MOST_ROWS + 1}" in table.note
