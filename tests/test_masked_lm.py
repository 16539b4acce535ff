"""Masked language models: whole words that fit, the same whoever else asks, and every misfit named."""

import json
import shutil

import numpy as np
import pytest
import torch
from sentences import EMOTIONAL as FEELINGS
from sentences import emotion_rows
from tiny_masked_lm import make_tiny_masked_lm
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoConfig,
    AutoModelForMaskedLM,
    AutoTokenizer,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForMaskedLM,
)

from robust_emo.engine.engine import Engine
from robust_emo.engine.requests import Query
from robust_emo.engine.scheduler import Job
from robust_emo.errors import InputError
from robust_emo.models.masked_lm import Blank, MaskedLanguageModel
from robust_emo.models.masked_lm_source import masked_lm_problem
from robust_emo.models.vocabulary import Vocabulary

TEXTS = [row["text"] for row in emotion_rows(90, seed=3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_tiny_masked_lm(tmp_path_factory.mktemp("mlm"), TEXTS, rarest=2)


@pytest.fixture(scope="module")
def model(folder):
    return MaskedLanguageModel(str(folder))


def blank(text, word, *, masked=True, top_k=8):
    start = text.index(word)
    return Blank(text, start, start + len(word), masked, top_k)


def test_words_that_fit_come_first(model):
    (proposals,) = model.propose([blank("Today I am furious about the new house", "furious")])
    words = [word for word, _ in proposals]
    assert len({feeling for feelings in FEELINGS.values() for feeling in feelings} & set(words)) >= 5
    probabilities = [p for _, p in proposals]
    assert probabilities == sorted(probabilities, reverse=True)
    assert 0 < sum(probabilities) <= 1 + 1e-5


def test_proposals_are_whole_words(model):
    blanks = [blank(text, text.split()[1]) for text in TEXTS[:20]]
    for proposals in model.propose(blanks):
        assert proposals
        assert all(word.isalpha() and (len(word) > 1 or word in "ai") for word, _ in proposals)


def test_the_probability_is_that_of_the_model(model, folder):
    tokenizer, plain = AutoTokenizer.from_pretrained(folder), AutoModelForMaskedLM.from_pretrained(folder)
    batch = tokenizer("Today I am [MASK] about the new house", return_tensors="pt", return_token_type_ids=False)
    at = int((batch["input_ids"][0] == tokenizer.mask_token_id).nonzero())
    with torch.inference_mode():
        expected = plain(**batch).logits[0, at].softmax(0)
    (proposals,) = model.propose([blank("Today I am furious about the new house", "furious", top_k=20)])
    for word, probability in proposals:
        assert probability == pytest.approx(float(expected[tokenizer.convert_tokens_to_ids(word)]), rel=1e-4)


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # transformers' own, at import of some of these
@pytest.mark.parametrize("kind", ["albert", "distilbert", "electra", "mpnet", "modernbert", "deberta-v2"])
def test_any_architecture_is_asked_only_where_it_matters(folder, tmp_path, kind):
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    special = {"pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3, "bos_token_id": 2, "eos_token_id": 3}
    if kind == "distilbert":
        sizes = {"dim": 32, "n_layers": 1, "n_heads": 2, "hidden_dim": 32}
    config = AutoConfig.for_model(kind, vocab_size=len(tokenizer), max_position_embeddings=64, **sizes, **special)
    torch.manual_seed(0)
    plain = AutoModelForMaskedLM.from_config(config).eval()
    plain.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    batch = tokenizer("Today I am [MASK] again", return_tensors="pt", return_token_type_ids=False)
    with torch.inference_mode():
        expected = plain(**batch).logits[0, 4].softmax(0)
    (proposals,) = MaskedLanguageModel(str(tmp_path)).propose([blank("Today I am sad again", "sad", top_k=9)])
    for word, probability in proposals:
        assert probability == pytest.approx(float(expected[tokenizer.convert_tokens_to_ids(word)]), rel=1e-3)


def test_an_empty_span_asks_for_a_word_to_insert(model):
    text = "Today I sad about the letter"
    at = text.index("sad")
    (inserted,) = model.propose([Blank(text, at, at, True, 3)])
    (replaced,) = model.propose([blank("Today I xx sad about the letter", "xx", top_k=3)])
    assert inserted == replaced


def test_two_words_are_merged_into_one(model):
    (merged,) = model.propose([blank("We were so very glad again", "so very", top_k=3)])
    (replaced,) = model.propose([blank("We were xx glad again", "xx", top_k=3)])
    assert merged == replaced


def test_a_seen_word_is_proposed_where_it_stands_and_a_hidden_one_is_not_known(model):
    text = "Today I am livid about the new house"
    seen, hidden = model.propose([blank(text, "livid", masked=False), blank(text, "livid")])
    other = model.propose([blank("Today I am glad about the new house", "glad")])[0]
    assert seen != hidden
    assert hidden == other


def test_a_seen_word_of_several_pieces_gets_words_put_together(model, folder):
    assert len(Tokenizer.from_file(str(folder / "tokenizer.json")).encode("zap", add_special_tokens=False).ids) == 3
    three, five = model.propose(
        [blank("I feel zap again", "zap", masked=False), blank("I feel zapzy again", "zapzy", masked=False)]
    )
    assert 0 < len(three) <= 8
    assert all(word.isalpha() for word, _ in three)
    assert five == []


def test_an_answer_does_not_depend_on_who_else_asks(model):
    blanks = [
        blank(text, word, masked=masked) for text in TEXTS[:12] for word in text.split()[:4] for masked in (True, False)
    ]
    blanks += [blank("I feel zap again", "zap", masked=False, top_k=top_k) for top_k in (1, 2, 30)]
    together = model.propose(blanks)
    assert model.propose(list(reversed(blanks))) == together[::-1]
    assert [model.propose([one])[0] for one in blanks] == together


def test_a_place_far_behind_the_longest_input_is_seen_in_its_surroundings(model):
    far, near = (
        model.propose([blank("the train came " * times + "I feel sad again #monday", "sad")])[0] for times in (400, 40)
    )
    assert far == near  # the model reads 62 tokens around the place
    assert far != model.propose([blank("I feel sad again #monday", "sad")])[0]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_proposals_are_the_same_with_any_number_of_threads(model, threads):
    blanks = [blank(text, text.split()[place % 3], masked=place % 4 > 0) for place, text in enumerate(TEXTS)]
    torch.set_num_threads(1)  # the fixture of all tests sets it back
    alone = model.propose(blanks)
    torch.set_num_threads(threads)
    assert model.propose(blanks) == alone
    assert model.propose(blanks[-7:]) == alone[-7:]


@pytest.mark.parametrize("text", ["", " \n", "?!", "😡😡", "我很生气", "\u200b", "[MASK] [SEP] x"])
def test_hard_texts_are_answered(model, text):
    whole = Blank(text, 0, len(text), True, 5)
    answers = model.propose([whole, Blank(text, 0, 0, True, 5), Blank(text, 0, len(text), False, 5)])
    assert all(answers[:2])


def test_engine_answers_many_attacks_at_once(victim, folder):
    async def ask(query, text):
        spans = [(0, len(text.split()[0])), (len(text), len(text))]
        return await query.fill_mask(text, spans, model=str(folder), top_k=4)

    def jobs(texts):
        queries = [Query(max_queries=0, unknown_token="[UNK]") for _ in texts]
        return [Job(text, lambda q=query, t=text: ask(q, t)) for query, text in zip(queries, texts, strict=True)]

    texts = list(dict.fromkeys(TEXTS[:20]))
    together = {done.key: done.result for done in Engine(victim).run(jobs(texts))}
    assert all(len(result) == 2 and len(result[0]) == 4 for result in together.values())
    (alone,) = Engine(victim, pool=1).run(jobs(texts[:1]))
    assert alone.result == together[texts[0]]


def test_what_is_no_masked_language_model_is_named(folder, tiny_model, tmp_path):
    assert masked_lm_problem(str(folder)) is None
    assert masked_lm_problem("distilbert/distilroberta-base") is None  # may be on the hub; nobody looked
    assert "no such masked language model" in masked_lm_problem("bert")
    assert "no such masked language model" in masked_lm_problem("/nowhere/at/all")
    assert "no config.json" in masked_lm_problem(str(tmp_path))
    with pytest.raises(InputError, match="not a masked language model"):
        MaskedLanguageModel(str(tiny_model))
    with pytest.raises(InputError, match="cannot be loaded"):
        MaskedLanguageModel("nobody/nothing")  # offline


def test_pickled_weights_are_refused(folder, tmp_path):
    bad = tmp_path / "pickled"
    shutil.copytree(folder, bad)
    (bad / "model.safetensors").rename(bad / "pytorch_model.bin")
    with pytest.raises(InputError, match="run code"):
        MaskedLanguageModel(str(bad))


@pytest.fixture(scope="module")
def byte_level(tmp_path_factory):
    """A RoBERTa whose tokens know whether a blank stands before them."""
    folder = tmp_path_factory.mktemp("roberta")
    words = ["so", "sad", "glad", "day", "Hurt", "ing"]
    tokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    merges = []
    for word in [*(f"Ġ{word}" for word in words), *words]:
        for end in range(2, len(word) + 1):
            if (pair := (word[: end - 1], word[end - 1])) not in merges:
                merges.append(pair)
    tokens += [a + b for a, b in merges]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    backend = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    special = {"bos": "<s>", "pad": "<pad>", "eos": "</s>", "unk": "<unk>", "mask": "<mask>"}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, model_max_length=40, **{f"{k}_token": v for k, v in special.items()}
    )
    config = RobertaConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=42, pad_token_id=1, bos_token_id=0, eos_token_id=2,
    )  # fmt: skip
    RobertaForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_byte_level_tokens_are_told_by_their_blanks(byte_level):
    model = MaskedLanguageModel(str(byte_level))
    answers = model.propose([blank("so sad", "sad", top_k=99), blank("sad day", "sad", top_k=99)])
    for proposals in answers:
        assert {"sad", "glad", "day", "Hurt"} <= {word for word, _ in proposals}
        assert not any(word.startswith("Ġ") for word, _ in proposals)
    vocabulary = Vocabulary(PreTrainedTokenizerFast.from_pretrained(byte_level))
    spaced, first = vocabulary.words("spaced"), vocabulary.words("first")
    assert not set(spaced.ids) & set(first.ids)  # a blank before a word is part of its token


def test_a_tokenizer_without_marks_tells_words_by_reading_them_again(victim):
    table = Vocabulary(victim.batched.tokenizer).words("spaced")
    assert {"happy", "train", "because"} <= set(table.words)
    read = victim.batched.tokenizer(list(table.words), add_special_tokens=False)["input_ids"]
    np.testing.assert_array_equal(np.asarray(read)[:, 0], table.ids)


def test_a_config_alone_is_no_model(folder, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    assert "no weights" in masked_lm_problem(str(tmp_path))
