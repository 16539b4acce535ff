"""Worst of k: the search raises the loss, keeps its limits, and what is lowered is what the settings say."""

import random

import pytest
import torch
from test_training_adversarial import DATA, FAST, MULTI, SEED, base, gradients, run
from torch.nn import functional

from robust_emo import plugins
from robust_emo.errors import InputError
from robust_emo.plugins import WordEditor, available
from robust_emo.training.accelerator import make_accelerator
from robust_emo.training.adversaries.objective import adversarial_objective
from robust_emo.training.adversaries.settings import Fgm, FreeLb, Pgd, Smart, Vat
from robust_emo.training.batches import collate, encode, plan
from robust_emo.training.fit import fit
from robust_emo.training.loss import make_loss
from robust_emo.training.worst_of_k import Sampling, _hardness, _Search, worst_of_k
from robust_emo.types import Task
from robust_emo.words import Words

MISSPELLINGS = plugins.load("attacks", "deepwordbug", double_edits=2)
SYNONYMS = plugins.load("attacks", "synonyms")


class Nothing:
    """Leaves every word alone."""

    spec = MISSPELLINGS.spec

    def word_edits(self, word, rng):
        return []


def made(task):
    """A model in the middle of its training, its data, and how it reads texts."""
    start = base()
    examples = DATA.examples if task is Task.SINGLE_LABEL else MULTI
    data = encode(examples, start.tokenizer, labels=DATA.labels, task=task, max_length=32)
    model = fit(start, data, data, FAST, accelerator=make_accelerator(device="cpu")).model.train()

    def read(texts):
        return start.tokenizer(list(texts), truncation=True, max_length=32)["input_ids"]

    return model, data, read


@pytest.fixture(scope="module", params=list(Task))
def learnt(request):
    return made(request.param)


def some_batches(data, size=4):
    return [collate(data, indices) for indices in plan(data.lengths, batch_size=size, seed=1, epoch=0)]


def objective(learnt, editors=(MISSPELLINGS, SYNONYMS), **settings):
    _, data, read = learnt
    return worst_of_k(Sampling(**settings), editors, read, make_loss(data), data)


def losses(learnt, batch, texts):
    """Of the texts of a batch, without dropout."""
    model, data, read = learnt
    return _hardness(model, batch, data)(read(texts), range(len(texts)))


def searched(learnt, batch, editor=MISSPELLINGS, seed=SEED, **settings):
    model, data, read = learnt
    search = _Search(Sampling(**settings), read, _hardness(model, batch, data), random.Random(seed))
    return search.worst([(text, editor) for text in batch.texts])


def test_the_loss_rises_on_at_least_95_percent_of_batches(learnt):
    risen = []
    for batch in some_batches(learnt[1]):
        before, after = losses(learnt, batch, batch.texts), losses(learnt, batch, searched(learnt, batch, tries=8))
        assert all(late >= early - 1e-5 for early, late in zip(before, after, strict=True))
        risen.append(sum(after) > sum(before))
    assert sum(risen) >= 0.95 * len(risen)
    assert len(risen) >= 10


def test_more_tries_are_worse(learnt):
    batches = some_batches(learnt[1])
    few, many = (
        sum(sum(losses(learnt, batch, searched(learnt, batch, tries=tries, stages=2))) for batch in batches)
        for tries in (1, 12)
    )
    assert many > few


@pytest.mark.parametrize(("share", "most", "stages"), [(0.3, 4, 2), (0.5, 2, 1), (1.0, 3, 3), (0.01, 1, 1)])
def test_no_more_words_change_than_may(learnt, share, most, stages):
    for batch in some_batches(learnt[1])[:4]:
        found = searched(learnt, batch, word_share=share, most_words=most, stages=stages)
        for text, worst in zip(batch.texts, found, strict=True):
            before, after = Words.of(text), Words.of(worst)
            changed = sum(one != other for one, other in zip(before.words, after.words, strict=True))
            assert changed <= max(stages, min(most, round(share * len(before)) + 1))


def test_the_same_seed_finds_the_same(learnt):
    batch = some_batches(learnt[1])[0]
    assert searched(learnt, batch) == searched(learnt, batch)
    assert any(searched(learnt, batch) != searched(learnt, batch, seed=seed) for seed in range(3))


def test_the_search_leaves_no_gradient_and_the_model_in_training(learnt):
    model = learnt[0]
    model.zero_grad()
    searched(learnt, some_batches(learnt[1])[0])
    assert model.training
    assert not gradients(model)


def test_texts_that_nothing_can_be_done_to_stay(learnt):
    batch = some_batches(learnt[1])[0]
    assert searched(learnt, batch, editor=Nothing()) == list(batch.texts)


def test_without_perturbations_the_objective_is_that_of_standard_training_twice():
    model, data, read = made(Task.SINGLE_LABEL)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if hasattr(module, "dropout_prob"):  # transformers 4 drops attention out without such a layer
            module.dropout_prob = 0.0
    batch = some_batches(data)[0]
    (value,), _ = run(objective((model, data, read), [Nothing()]), model, batch)
    logits = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    assert value == pytest.approx(2 * float(functional.cross_entropy(logits, batch.targets).detach()), rel=1e-4)


def test_the_weights_count(learnt):
    batch = some_batches(learnt[1])[0]

    def value(**settings):
        return float(run(objective(learnt, **settings), learnt[0], batch)[0][0])

    plain, heavier, closer = (
        value(weight=0, consistency=0),
        value(weight=2, consistency=0),
        value(weight=0, consistency=3),
    )
    moved = (heavier - plain) / 2
    assert moved > 0
    assert closer > plain
    assert value() == pytest.approx(plain + moved + (closer - plain) / 3, rel=1e-4)


def test_a_model_trained_so_withstands_more_and_is_the_same_each_time(learnt):
    model, data, read = learnt
    batches = some_batches(data)

    def robust(fitted):
        return sum(
            sum(_hardness(fitted, batch, data)(read(texts), range(len(texts))))
            for batch in batches
            for texts in [
                _Search(Sampling(tries=8), read, _hardness(fitted, batch, data), random.Random(1)).worst(
                    [(text, MISSPELLINGS) for text in batch.texts]
                )
            ]
        )

    def trained():
        accelerator = make_accelerator(device="cpu")
        lowered = worst_of_k(Sampling(), [MISSPELLINGS], read, make_loss(data), data)
        return fit(base(), data, data, FAST, accelerator=accelerator, objective=lowered).model.train()

    one, other = trained(), trained()
    for first, second in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(first, second)
    assert robust(one) < robust(model)


@pytest.mark.parametrize(
    "settings",
    [{"tries": 0}, {"stages": 0}, {"word_share": 0}, {"word_share": 1.1}, {"most_words": 0}, {"weight": -1},
     {"consistency": float("inf")}],
)  # fmt: skip
def test_values_out_of_range_are_refused(settings):
    with pytest.raises(InputError, match=next(iter(settings))):
        Sampling(**settings)


@pytest.mark.parametrize("word", ["happy", "#happy", "@user", "😀", "气", "é", "a", "", "the", "I'm", "x" * 4000, "_"])
def test_editors_give_other_words_or_none(word):
    ours = [name for name, point in available("attacks").items() if point.value.startswith("robust_emo_attacks.")]
    names = [name for name in ours if isinstance(plugins.load("attacks", name), WordEditor)]
    assert {"deepwordbug", "deepwordbug-strong", "synonyms"} <= set(names)
    for name in names:
        edits = plugins.load("attacks", name).word_edits(word, random.Random(0))
        assert word not in edits or name.startswith("deepwordbug")  # two edits may undo each other
        assert all(edits)


def moved_objective(learnt, adversary, editors=(MISSPELLINGS,), **settings):
    _, data, read = learnt
    settings = Sampling(**{"consistency": 0, **settings})
    return worst_of_k(settings, editors, read, make_loss(data), data, adversary)


def plain_loss(learnt, batch):
    """With the dropout of the seed."""
    model, data, _ = learnt
    torch.manual_seed(SEED)
    logits = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    return make_loss(data)(logits, batch.targets).item()


def values(learnt, objective, batch):
    """Of the terms, each differentiated before the next, as a training does."""
    model, found = learnt[0].train(), []
    torch.manual_seed(SEED)
    for term in objective.terms(model, batch, SEED):
        term.backward()
        found.append(term.item())
    model.zero_grad()
    return found


@pytest.mark.parametrize("adversary", [Fgm(), Pgd(), FreeLb(), Smart(), Vat()], ids=lambda adversary: adversary.name)
def test_what_nothing_perturbs_is_trained_on_as_it_is_and_against_the_adversary(learnt, adversary):
    batch = some_batches(learnt[1])[0]
    objective = moved_objective(learnt, adversary, editors=(Nothing(),), weight=3)
    alone = adversarial_objective(adversary, make_loss(learnt[1]), learnt[1].task)
    assert (objective.count, objective.adversary) == (1 + alone.count, adversary)
    first, *others = values(learnt, objective, batch)
    assert first == pytest.approx(plain_loss(learnt, batch), rel=1e-4)
    assert others == pytest.approx([3 * value for value in values(learnt, alone, batch)], rel=1e-2)


def test_what_the_adversary_moves_is_the_worst_perturbation(learnt):
    """Over all batches: of one alone, other words are dropped out."""
    plain = worse = 0.0
    for batch in some_batches(learnt[1]):
        texts = values(learnt, moved_objective(learnt, Fgm(norm=0.5), editors=(Nothing(),)), batch)
        worst = values(learnt, moved_objective(learnt, Fgm(norm=0.5), tries=8), batch)
        assert worst[0] == pytest.approx(texts[0])
        plain, worse = plain + texts[1], worse + worst[1]
    assert worse > plain


def test_an_adversary_does_not_hold_answers_together(learnt):
    with pytest.raises(InputError, match="consistency must be 0"):
        moved_objective(learnt, Fgm(), consistency=1)
