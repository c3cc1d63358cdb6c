"""Fit constants of stays and voyages on some independent seasons, and report on others.

Run ``python -m tests.benchmarks.fit_and_report [CASE...] [--fit 0-19] [--report 100-119] [--set NAME=VALUE,VALUE...]
[--shift DAYS] [--jobs N]``. Each ``--set`` names an attribute of `monitor.fuse.CorrelateRules`, such as
``links.transitions.missed=0.2,0.4``; of all their combinations the one with the least loss on the seeds to fit is used
for the report. Without ``--set`` nothing is fitted. Seeds that would serve both are refused. Prints the losses, the
tables of the report, and those of the port-shift null, in which no leg is true.
"""

from __future__ import annotations

import argparse
import ast
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import partial
from itertools import product
from typing import Any

from monitor.fuse import CorrelateRules
from tests.independent.cases import CASES
from tests.independent.judging import Tally, correlated
from tests.independent.score import case_names, loss, pooled, report, scored, seeds_of

Choice = tuple[str, tuple[object, ...]]


def choice_of(text: str) -> Choice:
    """``links.transitions.missed=0.2,0.4`` as a name and its values.

    Raises
    ------
    ArgumentTypeError
        There is no such attribute, or a value is no Python literal.
    """
    name, _, values = text.partition("=")
    try:
        listed = ast.literal_eval(f"({values},)")
        with_value(CorrelateRules(), name, listed[0])
    except (ValueError, SyntaxError) as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}") from error
    return name, tuple(listed)


def with_value(rule: Any, name: str, value: object) -> Any:
    """A rule with one attribute, or one of its parts' (``a.b``), replaced.

    Raises
    ------
    ValueError
        There is no such attribute.
    """
    first, _, rest = name.partition(".")
    known = [f.name for f in fields(rule)] if is_dataclass(rule) else []
    if first not in known:
        raise ValueError(f"no {first!r} in {type(rule).__name__}; there are {', '.join(known)}")
    return replace(rule, **{first: with_value(getattr(rule, first), rest, value) if rest else value})


def combinations(choices: Sequence[Choice]) -> Iterator[tuple[str, CorrelateRules]]:
    """Every combination of the values: in words, and as rules; the rules as they are when nothing varies."""
    for values in product(*(listed for _, listed in choices)):
        rules = CorrelateRules()
        for (name, _), value in zip(choices, values, strict=True):
            rules = with_value(rules, name, value)
        words = ", ".join(f"{name}={value}" for (name, _), value in zip(choices, values, strict=True))
        yield words or "as they are", rules


def fitted(
    choices: Sequence[Choice], cases: Sequence[str], seeds: Sequence[int], jobs: int
) -> tuple[str, CorrelateRules]:
    """The combination with the least loss a season over all cases; the first of several alike."""
    best: tuple[float, str, CorrelateRules] | None = None
    for words, rules in combinations(choices):
        of = loss(pooled([scored(case, seeds, how=partial(correlated, rules=rules), jobs=jobs) for case in cases]))
        print(f"loss {of:.3f} a season: {words}", flush=True)
        if best is None or of < best[0]:
            best = (of, words, rules)
    assert best is not None
    return best[1], best[2]


def main(arguments: Sequence[str]) -> None:
    """Print losses and tables."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.fit_and_report")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"{', '.join(CASES)}, all (default) or nulls")
    parser.add_argument("--fit", type=seeds_of, default=range(20))
    parser.add_argument("--report", type=seeds_of, default=range(100, 120))
    parser.add_argument("--set", type=choice_of, action="append", default=[], dest="choices", metavar="NAME=VALUES")
    parser.add_argument("--shift", type=float, default=23.0, metavar="DAYS")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.cases) - {*CASES, "all", "nulls"})
    if unknown:
        parser.error(f"no case {', '.join(unknown)}; there are {', '.join(CASES)}, all and nulls")
    both = sorted(set(asked.fit) & set(asked.report))
    if asked.choices and both:
        parser.error(f"seeds {both[0]}-{both[-1]} would be fitted on and reported; give --fit and --report apart")
    cases = case_names(asked.cases or ["all"])
    words, rules = "as they are", CorrelateRules()
    if asked.choices:
        words, rules = fitted(asked.choices, cases, asked.fit, asked.jobs)
    print(f"\nconstants: {words}; report on seeds {asked.report.start}-{asked.report.stop - 1}")
    how, tallies = partial(correlated, rules=rules), dict[str, Tally]()
    for case in cases:
        begun = time.monotonic()
        tallies[case] = scored(case, asked.report, how=how, jobs=asked.jobs)
        print(f"{case}: {len(asked.report)} seasons in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print(report(tallies))
    with_shuttles = [case for case in cases if CASES[case].shuttles]
    if with_shuttles:
        print(f"\nall ports but the first moved by {asked.shift:g} days, so that no leg is true")
        late = {c: scored(c, asked.report, shift_days=asked.shift, how=how, jobs=asked.jobs) for c in with_shuttles}
        print(report(late))


if __name__ == "__main__":
    main(sys.argv[1:])
