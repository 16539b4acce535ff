"""What a reader must know to read the figures of disclosure."""

from collections.abc import Sequence

from robust_emo.audits.disclosure import confidences
from robust_emo.audits.disclosure.areas import LEAST_AT_THRESHOLD, Judgement, Shown, enough_at_threshold
from robust_emo.audits.disclosure.attributions import NORM, VARIANCE
from robust_emo.audits.disclosure.embeddings import EmbeddingLeakage
from robust_emo.audits.disclosure.recovery import LEAST_MEMBERS
from robust_emo.audits.membership.notes import source_notes
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.models.manifest import Manifest

_WORDS = {
    confidences.LOGITS: "the logits",
    "2_decimals": "probabilities of 2 decimals",
    "1_decimal": "probabilities of 1 decimal",
    "0_decimals": "probabilities of 0 decimals",
    confidences.LABEL: "the label alone",
    NORM: "the norm of the attributions",
    VARIANCE: "the variance of the attributions",
}


def area_notes(judged: Judgement, shown: Sequence[Shown], blind: Shown, sets: MembershipSets) -> tuple[str, ...]:
    """One sentence or two each: what is told apart, what helps, the sets, the false alarms."""
    notes = []
    if judged.leaking:
        better = " better than their texts alone do" if judged.beyond else ""
        notes.append(f"Members are told from non-members{better} by {_listed(judged.leaking)}.")
    else:
        beyond = ", beyond what the texts themselves tell" if judged.beyond else ""
        notes.append(f"Nothing that is shown was found to tell members from non-members{beyond}.")
    if judged.lessened:
        notes.append(f"Found to tell less than the logits do: {_listed(judged.lessened)}.")
    elif judged.leaking:
        notes.append("Nothing was found to tell less than the logits do.")
    notes += source_notes(blind.auc.value, differ=judged.differ, one_source=judged.one_source)
    if judged.differ:
        notes.append("The areas hold what the texts themselves tell, too.")
    if not enough_at_threshold(sets):
        notes.append(
            f"not measured: members found at one false alarm of a hundred: that needs {LEAST_AT_THRESHOLD} "
            f"non-members, and there are {sets.nonmembers}: their threshold would rest on too few for an interval"
        )
    wronged = [(_WORDS[each.name], each.accused.false_positive_rate) for each in shown if each.accused]
    if wronged:
        listed = ", ".join(f"{share:.1%} ({name})" for name, share in wronged)
        notes.append(f"Thresholds aimed at false alarms among 1% of the non-members and really wronged {listed}.")
    if sets.authors is not None:
        notes.append(
            "Errors are clustered by author; shares at a threshold have no interval, since texts are no trials."
        )
    return tuple(notes)


def recovery_notes(found: EmbeddingLeakage, sets: MembershipSets) -> tuple[str, ...]:
    """What was guessed, and beside what."""
    learnt, public = int(found.division.learnt.sum()), int(found.public.sum())
    left = int(found.members.sum())
    notes = [
        f"Words are guessed by a linear inverter that learnt from the embeddings of {learnt} non-members, for {public} "
        f"others and {left} members. It knows {found.division.words.shape[1]} words, which are "
        f"{found.division.covered:.0%} of the distinct words of these texts; others are not counted."
    ]
    if left < sets.members:
        notes.append(
            f"{sets.members - left} members are by authors of texts that it learnt from, and are not tried: how they "
            "write is known to it."
        )
    if left < LEAST_MEMBERS:
        notes.append(
            f"not measured: words of members: {left} are by authors that the inverter did not learn from, at least "
            f"{LEAST_MEMBERS} are needed"
        )
    if found.no_base:
        notes.append(f"The model's base is not beside it: {found.no_base}.")
    elif not found.base_checked:
        notes.append("The base is looked up by its name and was not checked against a fingerprint.")
    return tuple(notes)


def last_notes(manifest: Manifest | None) -> tuple[str, ...]:
    """What no figure says."""
    notes = ["Stronger attackers may exist: no figure here is a proof of privacy."]
    if manifest is not None and manifest.privacy is not None:
        notes.append(
            "These figures are of the private training texts themselves and no ledger counts what they give away: "
            "keep them as confidential as the texts."
        )
    return tuple(notes)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(_WORDS[name] for name in names)
