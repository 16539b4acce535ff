"""How well one heat map says what moved the model, beside what a ranking without reason gets."""

from collections.abc import Sequence

from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.faithfulness import Faithfulness, Ranking
from robust_emo.audits.explanation.infidelity import dealt_by_lot, infidelity
from robust_emo.audits.explanation.ranks import random_overlap, rank_correlation, top_overlap
from robust_emo.types import HeatMapQuality


def heat_map_quality(
    own: Attribution, single: Attribution | None, deleted: Faithfulness, hidden: Faithfulness | None, *, seed: int
) -> HeatMapQuality:
    """All that is known of the heat map by itself, without edits of its text.

    Args:
        own: the heat map, of what the model reads.
        single: by leave-one-out; None where that is what is judged.
        deleted: its faithfulness, words deleted.
        hidden: words masked; None where the model reads no mask.
        seed: of the deals by lot.
    """
    by_lot = dealt_by_lot(own.values, deleted.removed, seed=seed)
    correlation = rank_correlation(own.values, single.values) if single else None
    ranked = single if correlation is not None else None  # of equal values none is the highest
    return HeatMapQuality(
        comprehensiveness=deleted.own.comprehensiveness,
        sufficiency=deleted.own.sufficiency,
        random_comprehensiveness=_comprehensiveness(deleted.random),
        random_sufficiency=_sufficiency(deleted.random),
        beats_random=deleted.p_value,
        leave_one_out_correlation=correlation,
        infidelity=infidelity(own.values, deleted.removed),
        infidelity_by_chance=by_lot.chance if by_lot else None,
        agreement=top_overlap(own.values, ranked.values) if ranked else None,
        masked_comprehensiveness=hidden.own.comprehensiveness if hidden else None,
        masked_sufficiency=hidden.own.sufficiency if hidden else None,
        random_masked_comprehensiveness=_comprehensiveness(hidden.random) if hidden else None,
        random_masked_sufficiency=_sufficiency(hidden.random) if hidden else None,
        random_infidelity=by_lot.infidelity if by_lot else None,
        random_agreement=random_overlap(len(own.values)) if ranked else None,
    )


def _comprehensiveness(rankings: Sequence[Ranking]) -> float:
    return sum(each.comprehensiveness for each in rankings) / len(rankings)


def _sufficiency(rankings: Sequence[Ranking]) -> float:
    return sum(each.sufficiency for each in rankings) / len(rankings)
