"""Stand-ins for what TextAttack would download, put where its modules look for the originals.

Those for parts of speech and WordNet stay, since they are asked during the search. The others are in place while a
recipe is built.
"""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from robust_emo.look_alikes import look_alikes
from robust_emo.models.masked_lm import load_masked_lm
from robust_emo.resources.wordnet import wordnet_reader

from .library import textattack
from .needs import counter_fitted_on_disk
from .pos_tagger import FlairTagger, nltk_pos_tag
from .recipes import Need, Recipe
from .sentence_encoder import StandInEncoder
from .stop_words import stop_words
from .word_embedding import vector_embedding

_SWAPS = "textattack.transformations.word_swaps"
_EMBEDDING = "textattack_counterfitted_GLOVE_embedding"


@cache
def install_taggers() -> None:
    """NLTK's tagger, for as long as the process lives."""
    textattack.constraints.grammaticality.part_of_speech.nltk = SimpleNamespace(pos_tag=nltk_pos_tag)
    textattack.shared.utils.strings._flair_taggers["upos-fast"] = FlairTagger()


@contextmanager
def stand_ins(recipe: Recipe, encoder: StandInEncoder, masked_lm: str | None) -> Iterator[None]:
    """Everything `recipe` loads while it is built, from what is on this machine."""
    install_taggers()
    with ExitStack() as stack:
        stack.enter_context(
            patch("textattack.constraints.pre_transformation.stopword_modification.nltk", _nltk_with_stop_words())
        )
        if Need.WORD_EMBEDDING in recipe.needs and not counter_fitted_on_disk():
            stack.enter_context(patch.dict(textattack.shared.utils.GLOBAL_OBJECTS, {_EMBEDDING: vector_embedding()}))
        if Need.SENTENCE_ENCODER in recipe.needs:
            fake = SimpleNamespace(SentenceTransformer=lambda _: encoder)
            sbert = "textattack.constraints.semantics.sentence_encoders.sentence_bert.sbert"
            stack.enter_context(patch(f"{sbert}.sentence_transformers", fake))
        if {Need.HOMOGLYPHS, Need.HOMOGLYPH_FILE} & {*recipe.needs}:
            opener = patch(f"{_SWAPS}.word_swap_homoglyph_swap.open", _open_homoglyphs, create=True)
            stack.enter_context(opener)
        if Need.WORDNET in recipe.needs:
            _use_wordnet(stack)
        if Need.MASKED_LM in recipe.needs and masked_lm is not None:
            _use_masked_lm(stack, masked_lm)
        yield


def _nltk_with_stop_words() -> SimpleNamespace:
    return SimpleNamespace(corpus=SimpleNamespace(stopwords=SimpleNamespace(words=stop_words)))


def _open_homoglyphs(path: str, *_: Any, **__: Any) -> io.StringIO:  # noqa: ANN401 - as the built-in
    """Lines like those of Unicode's ``intentional.txt``, which the wheel of TextAttack lacks, from our own table."""
    pairs = ((letter, other) for letter in map(chr, range(33, 127)) for other in look_alikes(letter))
    return io.StringIO("".join(f"{ord(a):04X} ;\t{ord(b):04X} #* ( {a} → {b} )\n" for a, b in pairs))


def _use_wordnet(stack: ExitStack) -> None:
    """The reader stays in place, since it is asked during the search; NLTK's downloader does not run."""
    swap = textattack.transformations.word_swaps.word_swap_wordnet
    swap.wordnet = wordnet_reader()
    stack.enter_context(patch.object(swap, "nltk", SimpleNamespace(download=lambda _: True)))


def _use_masked_lm(stack: ExitStack, directory: str) -> None:
    model, tokenizer = load_masked_lm(directory)
    loads_model = SimpleNamespace(from_pretrained=lambda *_, **__: model)
    loads_tokenizer = SimpleNamespace(from_pretrained=lambda *_, **__: tokenizer)
    stack.enter_context(patch(f"{_SWAPS}.word_swap_masked_lm.AutoModelForMaskedLM", loads_model))
    stack.enter_context(patch(f"{_SWAPS}.word_swap_masked_lm.AutoTokenizer", loads_tokenizer))
    # CLARE names a causal model class; the weights are those of a masked one, which it needs.
    hub = SimpleNamespace(AutoModelForCausalLM=loads_model, AutoTokenizer=loads_tokenizer)
    stack.enter_context(patch("textattack.attack_recipes.clare_li_2020.transformers", hub))
