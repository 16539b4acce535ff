"""The benchmark page out of finished audits: models x attacks, with intervals, raw and valid.

    for m in full lora scratch; do robust-emo audit model_$m --attacks A,B --examples 100 --out audit_$m; done
    python benchmarks/published_benchmark.py audit_full audit_lora audit_scratch

Prints Markdown: one table per data file, a row per model and attack. Everything comes from audit.json.
"""

import argparse
from collections import defaultdict
from pathlib import Path

from robust_emo.audit_file import read_audit
from robust_emo.audits.evasion import ENSEMBLE

COLUMNS = (
    "accuracy_under_attack",
    "accuracy_under_attack_3_words",
    "attack_success_rate",
    "valid_success_rate",
)
WORST = ("worst_case_accuracy", "worst_case_accuracy_3_words", "attack_success_rate", "valid_success_rate")


def share(metrics, name):
    """`12.3% [10.1, 15.0]`."""
    metric = metrics.get(name)
    if metric is None or metric.value is None:
        return "not measured"
    return f"{metric.value:.1%} [{100 * metric.ci_low:.1f}, {100 * metric.ci_high:.1f}]"


def rows(report):
    """Markdown rows of one audit."""
    model = Path(report.run.model).name
    for section in report.sections:
        metrics = {metric.name: metric for metric in section.metrics if metric.label is None}
        if section.kind == "clean":
            f1 = metrics["macro_f1"]
            clean = f"{share(metrics, 'accuracy')} | macro-F1 {f1.value:.3f} [{f1.ci_low:.3f}, {f1.ci_high:.3f}]"
            yield f"| {model} | (clean, n={f1.n}) | {clean} | | | | |"
        elif section.kind == "evasion" and section.error is None:
            worst = section.plugin == ENSEMBLE
            names = WORST if worst else COLUMNS
            if names[0] not in metrics:
                continue  # a member of an ensemble that saw survivors only
            cells = " | ".join(share(metrics, name) for name in names)
            queries = metrics["mean_queries"].value
            severity = metrics["mean_flip_severity"].value
            title = "**worst case**" if worst else f"`{section.plugin}`"
            attempted = section.counts["succeeded"] + section.counts["failed"]
            yield (
                f"| {model} | {title} (n={attempted}) | {cells} | "
                f"{'-' if severity is None else f'{severity:.2f}'} | {'-' if queries is None else f'{queries:.0f}'} |"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("audits", nargs="+")
    tables = defaultdict(list)
    for path in parser.parse_args().audits:
        report = read_audit(path)
        tables[f"{Path(report.run.data.path).parent.name}/{Path(report.run.data.path).name}"] += rows(report)
    for data, lines in tables.items():
        print(f"### {data}\n")
        print(
            "| model | attack (n attempted) | accuracy under attack | within 3 words | success, raw | success, valid | "
            "severity | queries |"
        )
        print("|---|---|---|---|---|---|---|---|")
        print("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
