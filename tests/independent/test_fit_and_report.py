"""Constants are fitted on other seeds than those of the report."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pytest

from monitor.fuse import CorrelateRules, Linked
from tests.benchmarks import fit_and_report
from tests.benchmarks.fit_and_report import choice_of, combinations, fitted, main, with_value
from tests.independent.seasons import Season
from tests.independent.test_score import from_truth


def test_an_attribute_is_replaced_wherever_it_lies() -> None:
    rules = with_value(CorrelateRules(), "dark", None)
    assert rules.dark is None
    first = next(iter(CorrelateRules().visits.__dataclass_fields__))
    assert getattr(with_value(CorrelateRules(), f"visits.{first}", 7).visits, first) == 7
    with pytest.raises(ValueError, match=r"no 'nonesuch' in .*; there are "):
        with_value(CorrelateRules(), "visits.nonesuch", 7)


def test_all_combinations_are_tried() -> None:
    tried = list(combinations([choice_of("dark=1,2"), choice_of("match=3,4")]))
    assert [words for words, _ in tried] == ["dark=1, match=3", "dark=1, match=4", "dark=2, match=3", "dark=2, match=4"]
    assert [(r.dark, r.match) for _, r in tried] == [(1, 3), (1, 4), (2, 3), (2, 4)]
    assert list(combinations([])) == [("as they are", CorrelateRules())]


def honest_for(best: object, made: Season, rules: CorrelateRules) -> tuple[pd.DataFrame, Linked]:
    """Sure of all that is true when the constant is right, and silent else."""
    stays, linked = from_truth(made)
    return stays, Linked(links=linked.voyages.iloc[: None if rules.dark == best else 0])


def test_the_constant_that_fits_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_and_report, "correlated", partial(honest_for, 2))
    words, rules = fitted([choice_of("dark=1,2,3")], ["one-shuttle"], range(1), 1)
    assert (words, rules.dark) == ("dark=2", 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "dark=1,2", "--fit", "0-9", "--report", "5-20"], "seeds 5-9 would be fitted on and reported"),
        (["nonesuch"], "no case nonesuch; there are two-shuttles"),
        (["--set", "visits.nonesuch=1"], "no 'nonesuch'"),
        (["--set", "dark=("], "dark=("),
    ],
)
def test_what_cannot_be_reported_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert message in capsys.readouterr().err


def test_the_report_names_its_constants_and_seeds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fit_and_report, "correlated", partial(honest_for, 2))
    main(["one-shuttle", "no-shuttle", "--set", "dark=1,2", "--fit", "0-0", "--report", "7-7"])
    out = capsys.readouterr().out
    assert "constants: dark=2; report on seeds 7-7" in out
    assert out.count("one-shuttle") == 4
    assert out.count("no-shuttle") == 2
    assert "moved by 23 days" in out
