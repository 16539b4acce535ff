"""How often the intervals of emotions or groups miss somewhere, and how often an order is told where there is none.

Made-up signals of known areas. Of one family at most 5% of the audits may miss the area of any part.

    python benchmarks/membership_parts.py --runs 2000
"""

import argparse
from statistics import NormalDist

import numpy as np

from robust_emo.audits.membership.parts import find_parts, part_notes
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.statistics import clopper_pearson
from robust_emo.types import Example


def main() -> None:
    """Simulate each family many times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    for area in (0.5, 0.7, 0.9):
        for parts in (4, 20):
            for each in (50, 250):
                missed, told = simulated(area, parts, each, runs)
                print(f"area {area}, {parts:2} parts, {each:3} members: missed {_share(missed, runs)}, "
                      f"an order told {_share(told, runs)}", flush=True)  # fmt: skip


def simulated(area: float, parts: int, each: int, runs: int) -> tuple[int, int]:
    """Runs with an interval that misses, and with one part said to leak more than another."""
    rng, shift = np.random.default_rng(0), NormalDist().inv_cdf(area) * 2**0.5
    labels = [f"part {number}" for number in range(parts)]
    member = np.tile(np.arange(2 * each) < each, parts)
    examples = tuple(Example(str(row), str(row), (labels[row // (2 * each)],)) for row in range(len(member)))
    sets = MembershipSets(examples, member, np.zeros(len(member), dtype=np.int64), 0, 0, 0)
    missed = told = 0
    for _ in range(runs):
        signal = Signal("loss", rng.normal(size=len(member)) + shift * member, "", "")
        found = find_parts(sets, [signal], labels)
        missed += not all(part.auc and part.auc.ci_low <= area <= part.auc.ci_high for part in found.emotions)
        told += not any("No emotion was shown" in note for note in part_notes(found, differ=False))
    return missed, told


def _share(count: int, runs: int) -> str:
    interval = clopper_pearson(count, runs, 0.95)
    return f"{count / runs:.1%} [{interval.low:.1%}, {interval.high:.1%}]" if interval else "no runs"


if __name__ == "__main__":
    main()
