"""Our own attacks against the TextAttack recipes of the same name, on the same examples with the same resources.

    python benchmarks/native_vs_textattack.py MODEL_DIR DATA.csv --examples 100 --masked-lm DIR

TextAttack's side is the bridge, which gives the results of TextAttack's own sequential run (see
benchmarks/textattack_bridge.py). Needs the `textattack` extra. Prints a Markdown table: success rates, their difference
with a paired interval, and McNemar's p-value. --differences writes the examples that one side won and the other lost.

The same resources means here: word vectors, sentence encoder, tagger and WordNet are the bridge's stand-ins, which are
ours; on top of that the recipes get our stop words (--own-stop-words leaves them NLTK's) and what `recipe_side` lists.
Each comparison says in its name or below the table where an argument differs from our defaults; the masked language
model may be one of benchmarks/make_masked_lm.py.
"""

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import mean

import torch
from robust_emo_attacks.keyboard import neighbours
from robust_emo_attacks.stop_words import STOP_WORDS
from robust_emo_attacks.visually_similar import visually_similar

from robust_emo import plugins
from robust_emo.data.dataset import read_dataset
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.statistics import wilson
from robust_emo.statistics.paired import compare_paired
from robust_emo.types import AttackBudget, Status

MOST_QUERIES = 1500  # of CLARE, whose recipe inserts words until it wins
FEWER = 10  # candidates per action of CLARE in place of 50, with which a step of the recipe asks over 1,000 times


def nothing_else(_):
    """The recipe as it is."""


def same_bugs(built):
    """TextBugger's Sub-C: our look-alike characters, and one neighbouring key, in place of TextAttack's look-alikes."""

    def words(word):
        alike = [word[:i] + other + word[i + 1 :] for i, a in enumerate(word) for other in visually_similar(a)]
        slips = [word[:i] + key + word[i + 1 :] for i, a in enumerate(word) if a.isalpha() for key in neighbours(a)]
        return alike + random.sample(slips, min(1, len(slips)))

    part_of(built, "WordSwapHomoglyphSwap")._get_replacement_words = words


def fewer_candidates(built):
    """CLARE: as many candidates per action as ours gets here."""
    for part in built.transformation.transformations:
        part.max_candidates = FEWER


def nearer_words(built):
    """A2T: words as far apart as ours may be."""
    constraint_of(built, "WordEmbeddingDistance").min_cos_sim = 0.5


def stop_words_too(built):
    """Input reduction: function words may go."""
    constraint_of(built, "StopwordModification").stopwords = set()


def part_of(built, name):
    """The transformation of that class."""
    parts = getattr(built.transformation, "transformations", [built.transformation])
    return next(part for part in parts if type(part).__name__ == name)


def constraint_of(built, name):
    """The constraint of that class."""
    everywhere = [*built.constraints, *built.pre_transformation_constraints]
    return next(constraint for constraint in everywhere if type(constraint).__name__ == name)


@dataclass(frozen=True)
class Pair:
    """What is compared with what."""

    ours: str
    theirs: str
    arguments: dict = field(default_factory=dict)
    """Of our attack, where the recipe differs from our defaults."""
    recipe_side: Callable = nothing_else
    """What the built recipe gets of our resources, besides stop words."""
    masked_lm: bool = False
    max_queries: int | None = None
    """On both sides, where the recipe alone has no end."""


PAIRS = {
    "deepwordbug": Pair("deepwordbug", "deepwordbug"),
    "pruthi": Pair("pruthi", "pruthi"),
    "textbugger": Pair("textbugger", "textbugger"),
    "textbugger, same bugs": Pair("textbugger", "textbugger", recipe_side=same_bugs),
    "pwws": Pair("pwws", "pwws"),
    "textfooler": Pair("textfooler", "textfooler"),
    "a2t, word cosine 0.8": Pair("a2t", "a2t", {"min_word_similarity": 0.8}),
    "a2t, word cosine 0.5": Pair("a2t", "a2t", recipe_side=nearer_words),
    "faster-genetic, no language model": Pair("faster-genetic", "faster-alzantot", {"min_sentence_similarity": -1.0}),
    "input-reduction, beam 1, stop words too": Pair(
        "input-reduction", "input-reduction", {"beam": 1}, recipe_side=stop_words_too
    ),
    "bae": Pair("bae", "bae", masked_lm=True),
    "bert-attack": Pair("bert-attack", "bert-attack", masked_lm=True),
    "clare, 10 candidates": Pair(
        "clare", "clare", {"max_candidates": FEWER}, fewer_candidates, masked_lm=True, max_queries=MOST_QUERIES
    ),
    "clare, 10 candidates, scored anew": Pair(
        "clare", "clare", {"max_candidates": FEWER, "rescore": True}, fewer_candidates, True, MOST_QUERIES
    ),
}


def native(pair, masked_lm):
    """Our attack."""
    given = {"masked_lm": masked_lm} if pair.masked_lm else {}
    return plugins.load("attacks", pair.ours, **pair.arguments, **given)


def recipe(pair, masked_lm, own_stop_words):
    """TextAttack's, with our resources."""
    if pair.theirs == "faster-alzantot":
        attack = without_language_model()
    else:
        given = {"masked_lm": masked_lm} if pair.masked_lm else {}
        attack = plugins.load("attacks", f"textattack:{pair.theirs}", **given)
    if problems := attack.problems():
        raise SystemExit("; ".join(problems))
    built = attack._built
    for part in getattr(built.transformation, "transformations", [built.transformation]):
        if hasattr(part, "max_length"):
            part._encode_text = partial(padded_to_longest, part)
    for constraint in built.pre_transformation_constraints:
        if hasattr(constraint, "stopwords") and not own_stop_words:
            constraint.stopwords = set(STOP_WORDS)
    pair.recipe_side(built)
    return attack


def padded_to_longest(part, texts):
    """Texts for a masked language model; recipes pad to 512 tokens, which changes nothing but the time."""
    return part._lm_tokenizer(texts, max_length=part.max_length, truncation=True, padding=True, return_tensors="pt")


def without_language_model():
    """The recipe of the faster genetic search whose language model, which cannot be had, accepts everything."""
    from robust_emo_attacks.textattack_bridge.attack import BridgedAttack
    from robust_emo_attacks.textattack_bridge.needs import Settings
    from robust_emo_attacks.textattack_bridge.recipes import RECIPES, Need
    from textattack.attack_recipes import faster_genetic_algorithm_jia_2019 as module
    from textattack.constraints import Constraint

    class AcceptsAll(Constraint):
        def __init__(self, **_):
            super().__init__(True)

        def _check_constraint(self, *_):
            return True

    module.LearningToWriteLanguageModel = AcceptsAll
    known = RECIPES["faster-alzantot"]
    needs = tuple(need for need in known.needs if need is not Need.LEARNING_TO_WRITE_LM)
    return BridgedAttack(member="faster-alzantot", recipe=replace(known, needs=needs), settings=Settings())


@dataclass(frozen=True)
class Side:
    """What one attack did: outcomes in the order of the examples, and the seconds of processor time."""

    outcomes: list
    seconds: float

    @property
    def successes(self):
        """Per example whether the attack succeeded; None for those skipped or errored."""
        return [{Status.SUCCEEDED: True, Status.FAILED: False}.get(outcome.status) for outcome in self.outcomes]

    @property
    def rate(self):
        """`12.3% [10, 15]`."""
        attempted = [result for result in self.successes if result is not None]
        interval = wilson(sum(attempted), len(attempted))
        return f"{sum(attempted) / len(attempted):.1%} [{100 * interval.low:.0f}, {100 * interval.high:.0f}]"

    @property
    def queries(self):
        """Mean over attempted examples."""
        return mean(
            o.num_queries for o, success in zip(self.outcomes, self.successes, strict=True) if success is not None
        )


def run(engine, attack, examples, seed, max_queries):
    """Attack all examples; those that crash are told of."""
    if problems := attack.problems():
        raise SystemExit("; ".join(problems))
    limit = AttackBudget(max_queries=max_queries)
    started = time.process_time()
    outcomes = {o.example_id: o for o in attack_examples(engine, attack, examples, seed=seed, limit=limit)}
    side = Side([outcomes[example.id] for example in examples], time.process_time() - started)
    for outcome in side.outcomes:
        if outcome.status is Status.ERRORED:
            print(f"{attack.spec.name}: example {outcome.example_id} crashed: {outcome.error}", flush=True)
    return side


def row(name, ours, theirs):
    """One line of the table."""
    pair = compare_paired(ours.successes, theirs.successes)
    gap = f"{100 * pair.difference:+.1f} [{100 * pair.interval.low:+.0f}, {100 * pair.interval.high:+.0f}]"
    return (
        f"| {name} | {pair.counts.n} | {ours.rate} | {theirs.rate} | {gap} | {pair.p_value:.2f} | "
        f"{ours.queries:.0f} | {theirs.queries:.0f} | {ours.seconds:.0f} | {theirs.seconds:.0f} |"
    )


def differences(name, ours, theirs):
    """One JSON line per example that only one side won."""
    for mine, other in zip(ours.outcomes, theirs.outcomes, strict=True):
        if mine.status is not other.status:
            both = {"ours": mine.perturbed, "textattack": other.perturbed}
            statuses = [mine.status, other.status]
            yield json.dumps(
                {"attack": name, "statuses": statuses, "original": mine.original, **both}, ensure_ascii=False
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument(
        "--attacks", help="some of the comparisons, separated by semicolons; by default all that can run"
    )
    parser.add_argument("--masked-lm", help="directory of a masked language model; without it three are left out")
    parser.add_argument("--own-stop-words", action="store_true", help="leave the recipes the stop words of NLTK")
    parser.add_argument("--differences", help="JSON lines of examples that only one side won")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    victim = Victim(load_classifier(arguments.model))
    dataset = read_dataset(arguments.data, labels=victim.labels, task=victim.task)
    examples = draw_stratified(dataset.examples, arguments.examples, 0)
    able = [name for name, pair in PAIRS.items() if arguments.masked_lm or not pair.masked_lm]
    print("| attack | n | ours | TextAttack's | difference, points | p | queries | TextAttack's | cpu s | bridge |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name in arguments.attacks.split(";") if arguments.attacks else able:
        pair = PAIRS[name]
        ours = run(Engine(victim), native(pair, arguments.masked_lm), examples, arguments.seed, pair.max_queries)
        bridged = recipe(pair, arguments.masked_lm, arguments.own_stop_words)
        theirs = run(Engine(victim), bridged, examples, arguments.seed, pair.max_queries)
        print(row(name, ours, theirs), flush=True)
        if arguments.differences:
            with Path(arguments.differences).open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in differences(name, ours, theirs))


if __name__ == "__main__":
    main()
