"""How many examples stopping early saves: simulated audits that look after every batch, against a fixed 200 examples.

    python benchmarks/sequential_sample_sizes.py

Every run draws independent examples that are right with the true share, looks after every 24 as audits do, and stops
as soon as the anytime interval clears the threshold, at 2,000 at the latest. The fixed audit looks once, at 200, with
Wilson's interval. Prints a Markdown table.
"""

import numpy as np

from robust_emo.gate import status_of
from robust_emo.statistics import anytime_interval, wilson
from robust_emo.types import Metric, Threshold, VerdictStatus

RUNS, MOST, BATCH, FIXED = 2000, 2000, 24, 200


def verdict(count, n, at_least, interval):
    """What the gate says of one share."""
    bound = interval(count, n)
    metric = Metric("accuracy_under_attack", count / n, bound.low, bound.high, n, 0.95, True, None, bound.method)
    return status_of(Threshold("accuracy_under_attack", "evasion", min=at_least), metric)


def looks(counts, n, threshold, interval):
    """Verdict of each run at one look; each distinct count is judged once."""
    judged = {count: verdict(count, n, threshold, interval) for count in set(counts.tolist())}
    return np.array([judged[count] for count in counts.tolist()])


def sequential(totals, threshold):
    """Examples used and verdict of each run."""
    used, verdicts = np.full(len(totals), MOST), np.full(len(totals), VerdictStatus.INCONCLUSIVE)
    for n in range(BATCH, MOST + 1, BATCH):
        waiting = np.flatnonzero(verdicts == VerdictStatus.INCONCLUSIVE)
        if not len(waiting):
            break
        now = looks(totals[waiting, n - 1], n, threshold, anytime_interval)
        verdicts[waiting] = now
        used[waiting[now != VerdictStatus.INCONCLUSIVE]] = n
    return used, verdicts


def main():
    """Print the table."""
    print("| threshold | true share | mean examples | median | 9 of 10 by | decided | wrong | fixed 200: decided |")
    print("|---|---|---|---|---|---|---|---|")
    rng = np.random.default_rng(0)
    for threshold in (0.1, 0.5):
        for share in (0.05, 0.3, 0.6):
            totals = (rng.random((RUNS, MOST)) < share).cumsum(axis=1)
            used, verdicts = sequential(totals, threshold)
            wrong = VerdictStatus.PASS if share < threshold else VerdictStatus.FAIL
            decided = (verdicts != VerdictStatus.INCONCLUSIVE).mean()
            fixed = (looks(totals[:, FIXED - 1], FIXED, threshold, wilson) != VerdictStatus.INCONCLUSIVE).mean()
            print(
                f"| {threshold} | {share} | {used.mean():.0f} | {np.median(used):.0f} | {np.quantile(used, 0.9):.0f} "
                f"| {decided:.1%} | {(verdicts == wrong).mean():.1%} | {fixed:.1%} |"
            )


if __name__ == "__main__":
    main()
