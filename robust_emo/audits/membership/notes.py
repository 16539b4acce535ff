"""What a reader must know to read the figures of membership."""

from robust_emo.audits.membership.figures import MOST_BLIND, strongest
from robust_emo.audits.membership.parts import FIXED
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.models.manifest import Manifest
from robust_emo.types import Membership


def membership_notes(
    membership: Membership, sets: MembershipSets, manifest: Manifest | None, *, held_out: bool = False
) -> tuple[str, ...]:
    """One sentence or two each.

    Args:
        held_out: the non-members are texts that the training set aside, not the audited ones.
    """
    notes = [
        _finding(membership),
        _sets(membership, held_out=held_out),
        *source_notes(membership.blind.auc.value, differ=membership.sets_differ, one_source=membership.one_source),
        _power(membership),
        *_blind(membership),
        _strongest(membership),
    ]
    if sets.authors is not None:
        notes.append(
            "Errors are clustered by author. Intervals of rates at a threshold treat texts as independent and may be "
            "too narrow; no leak is claimed by them."
        )
    if manifest is not None and manifest.privacy is not None:
        notes.append(
            "These figures are of the private training texts themselves and no ledger counts what they give away: "
            "keep them as confidential as the texts."
        )
    return tuple(notes)


def source_notes(blind: float, *, differ: bool, one_source: bool) -> tuple[str, ...]:
    """Whether attacks are held against the baseline, and why; nothing of sets that chance dealt out and that are alike.

    Args:
        blind: area of the baseline.
        differ: it tells the sets apart.
        one_source: these were dealt out by chance.
    """
    if differ:
        return (
            "The two sets differ: a classifier that never asks the model tells them apart (area "
            f"{blind:.2f}). What an attack finds is held against that. Members and non-members "
            "from one source, such as a part that training set aside by chance (train --hold-out), would say more.",
        )
    if not one_source:
        return (
            "That the two sets differ was not shown, and may still be so: nobody dealt these texts out by chance. So "
            "an attack counts by what it finds beyond a classifier that never asks the model. Non-members that "
            "training set aside by chance (train --hold-out) would let smaller leaks be found.",
        )
    return ()


def _finding(membership: Membership) -> str:
    attacks = [attack for attack in membership.attacks if attack.p_value < 0.05]
    if not membership.leaks:
        beyond = ", beyond what the texts themselves tell" if _beyond(membership) else ""
        return f"No attack was shown to tell members from non-members{beyond}."
    names = ", ".join(attack.name for attack in attacks)
    beyond = " better than their texts alone do" if _beyond(membership) else ""
    return f"The model leaks who it was trained on: members are told from non-members{beyond} by {names}."


def _beyond(membership: Membership) -> bool:
    """Whether attacks were held against the baseline."""
    return membership.sets_differ or not membership.one_source


def _sets(membership: Membership, *, held_out: bool) -> str:
    others = "that the training set aside by chance" if held_out else "of the audited data"
    return (
        f"{membership.members} members and {membership.nonmembers} non-members {others}; left out were "
        f"{membership.shared} non-members whose text is a member, too, {membership.near_duplicates} that are nearly "
        f"one, and {membership.repeated} repetitions."
    )


def _power(membership: Membership) -> str:
    area = f"With these numbers an area of {membership.detectable_auc:.3f} and more would be found with a chance of 80%"
    if membership.detectable_found_1pct is None:
        return f"{area}."
    return f"{area}, as would {membership.detectable_found_1pct:.1%} of the members at one false alarm of a hundred."


def _blind(membership: Membership) -> list[str]:
    if membership.blind.auc.value <= MOST_BLIND:
        return []
    return [
        f"The texts alone tell members from non-members (area above {MOST_BLIND}), so that what is beyond them is "
        "not measured: no attack could be much better."
    ]


def _strongest(membership: Membership) -> str:
    return (
        f"The strongest attack by area is '{strongest(membership.attacks).name}'; its intervals hold for all attacks "
        f"together. Emotions, groups and authors are compared by '{FIXED}'. Stronger attacks may exist: an area near "
        "0.5 is no proof of privacy."
    )
