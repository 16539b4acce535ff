"""Audits as a stranger would write them."""

from dataclasses import replace

import report_factory as factory

from robust_emo.types import AttackOutcome, AuditReport, Flag, Learnt, Modality, Scope, Waiver


def hostile_audit(
    report: AuditReport, outcomes: list[AttackOutcome], text: str
) -> tuple[AuditReport, list[AttackOutcome]]:
    """The same audit with `text` in every place a stranger can write to."""
    run = replace(
        report.run,
        model=f"models/{text}",
        labels=(text, *report.run.labels),
        command=text,
        device=text,
        warnings=(text,),
        packages={text: text},
        data=replace(report.run.data, path=text, label_counts={text: 3}),
        holdout_data=replace(report.run.data, path=text, label_counts={text: 3}),
        defence=(text,),
        policy=text,
        scope=Scope(text, Modality.MULTIMODAL, text),
        adaptive=factory.strange_adaptive(text),
    )
    sections = tuple(
        replace(
            s,
            notes=(text,),
            args={text: [text], "budget": {text: text}},
            metrics=tuple(replace(m, label=text if m.label == "joy" else m.label) for m in s.metrics),
            confusion=replace(s.confusion, labels=(text, *s.confusion.labels[1:])) if s.confusion else None,
            flags=(*s.flags, Flag(text, True, text)) if s.flags else (),
            learnt=(Learnt(1, 3, text, text),),
            comparisons=tuple(replace(c, left=text, right=text) for c in s.comparisons),
        )
        for s in report.sections
    )
    broken = replace(sections[1], plugin=text, error=text)
    other = replace(sections[0], kind=text, confusion=None)
    waiver = Waiver(text, text, text, text, text, text, 0.1)
    verdicts = tuple(replace(v, explanation=text, check=text, waiver=waiver) for v in report.verdicts)
    attacked = [
        replace(
            o,
            example_id=text,
            label=(text,),
            predicted=(text,),
            predicted_after=(text, text) if o.perturbed else None,
            original=f"a {text} b",
            perturbed=f"a {text}{text} b" if o.perturbed else None,
            invalid_reasons=(text,),
            valid=False,
        )
        for o in outcomes
    ]
    return replace(report, run=run, sections=(*sections, broken, other), verdicts=verdicts), attacked
