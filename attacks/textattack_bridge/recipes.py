"""The classification recipes of TextAttack 0.3.11 by name, and what each of them needs; without importing TextAttack.

The two recipes for translation and summary (`morpheus`, `seq2sick`) are left out: an emotion model writes no text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from robust_emo.types import Objective


class Need(StrEnum):
    """What a recipe loads when it is built."""

    STOP_WORDS = "stop words"
    FRENCH_STOP_WORDS = "French stop words"
    SPANISH_STOP_WORDS = "Spanish stop words"
    WORD_EMBEDDING = "word embedding"
    SENTENCE_ENCODER = "sentence encoder"
    POS_TAGGER = "part-of-speech tagger"
    WORDNET = "WordNet"
    OPEN_MULTILINGUAL_WORDNET = "Open Multilingual WordNet"
    ENTITY_TAGGER = "named entity tagger"
    HOMOGLYPHS = "homoglyph table"
    HOMOGLYPH_FILE = "homoglyph file"
    """Opened, but not used."""
    MASKED_LM = "masked language model"
    HOWNET = "HowNet"
    GOOGLE_LM = "Google language model"
    LEARNING_TO_WRITE_LM = "learning-to-write language model"
    GPT2 = "GPT-2"
    LSTM_VICTIM = "word-level LSTM victim"
    CHINESE_TABLES = "Chinese tables"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One recipe class and what a user must know before it is built."""

    module: str
    """Below ``textattack.attack_recipes``."""
    builder: str
    """Name of the class."""
    summary: str
    paper: str
    family: str
    needs: tuple[Need, ...] = (Need.STOP_WORDS,)
    languages: tuple[str, ...] = ("en",)
    white_box: bool = False
    objective: Objective = Objective.CHANGE
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Of its ``build``; empty unless it cannot be built without any."""
    note: str = ""
    """What a reader of its results must know besides the stand-ins."""


_EMBEDDED = (Need.STOP_WORDS, Need.WORD_EMBEDDING)

RECIPES: Mapping[str, Recipe] = {
    "a2t": Recipe(
        "a2t_yoo_2021",
        "A2TYoo2021",
        "exchanges words, ranked by gradients, for near ones",
        "Yoo 2021",
        "gradients",
        needs=(*_EMBEDDED, Need.POS_TAGGER, Need.SENTENCE_ENCODER),
        white_box=True,
    ),
    "alzantot": Recipe(
        "genetic_algorithm_alzantot_2018",
        "GeneticAlgorithmAlzantot2018",
        "genetic search over near words that a language model finds fluent",
        "Alzantot 2018",
        "words",
        needs=(*_EMBEDDED, Need.GOOGLE_LM),
    ),
    "bad-characters": Recipe(
        "bad_characters_2021",
        "BadCharacters2021",
        "look-alike letters by differential evolution",
        "Boucher 2022",
        "unicode",
        needs=(Need.HOMOGLYPHS,),
        languages=(),
        arguments={"goal_function_type": "targeted_classification"},
    ),
    "bae": Recipe(
        "bae_garg_2019",
        "BAEGarg2019",
        "exchanges important words for what a masked language model proposes",
        "Garg 2020",
        "words",
        needs=(Need.STOP_WORDS, Need.POS_TAGGER, Need.SENTENCE_ENCODER, Need.MASKED_LM),
    ),
    "bert-attack": Recipe(
        "bert_attack_li_2020",
        "BERTAttackLi2020",
        "exchanges important words or word pieces for what BERT proposes",
        "Li 2020",
        "words",
        needs=(Need.STOP_WORDS, Need.SENTENCE_ENCODER, Need.MASKED_LM),
        note="A word of several pieces is spelt until there are as many words as the recipe uses. It would go on to "
        "8^n for n pieces; an example where thousands of spellings are not enough is an error.",
    ),
    "checklist": Recipe(
        "checklist_ribeiro_2020",
        "CheckList2020",
        "contractions, expansions and other names, places and numbers",
        "Ribeiro 2020",
        "sentences",
        needs=(Need.ENTITY_TAGGER,),
    ),
    "chinese": Recipe(
        "chinese_recipe",
        "ChineseRecipe",
        "Chinese synonyms, masked language model, look-alikes and homophones",
        "",
        "chinese",
        needs=(Need.CHINESE_TABLES, Need.HOWNET, Need.MASKED_LM),
        languages=("zh",),
    ),
    "clare": Recipe(
        "clare_li_2020",
        "CLARE2020",
        "replaces, inserts and merges words as a masked language model proposes",
        "Li 2021",
        "words",
        needs=(Need.STOP_WORDS, Need.POS_TAGGER, Need.SENTENCE_ENCODER, Need.MASKED_LM),
        note="Up to three runs of the masked language model per word precede every step, and no budget of queries "
        "bounds them: long texts take minutes each.",
    ),
    "deepwordbug": Recipe(
        "deepwordbug_gao_2018",
        "DeepWordBugGao2018",
        "misspells the most important words, one character each",
        "Gao 2018",
        "characters",
    ),
    "faster-alzantot": Recipe(
        "faster_genetic_algorithm_jia_2019",
        "FasterGeneticAlgorithmJia2019",
        "genetic search over near words, the language model asked beforehand",
        "Jia 2019",
        "words",
        needs=(*_EMBEDDED, Need.LEARNING_TO_WRITE_LM),
    ),
    "french": Recipe(
        "french_recipe",
        "FrenchRecipe",
        "French synonyms, names and places",
        "",
        "words",
        needs=(Need.FRENCH_STOP_WORDS, Need.OPEN_MULTILINGUAL_WORDNET, Need.ENTITY_TAGGER),
        languages=("fr",),
    ),
    "hotflip": Recipe(
        "hotflip_ebrahimi_2017",
        "HotFlipEbrahimi2017",
        "the word flips that the gradient favours",
        "Ebrahimi 2018",
        "gradients",
        needs=(*_EMBEDDED, Need.POS_TAGGER, Need.LSTM_VICTIM),
        white_box=True,
    ),
    "iga": Recipe(
        "iga_wang_2019",
        "IGAWang2019",
        "improved genetic search over near words",
        "Wang 2019",
        "words",
        needs=_EMBEDDED,
    ),
    "input-reduction": Recipe(
        "input_reduction_feng_2018",
        "InputReductionFeng2018",
        "deletes words as long as the prediction stays",
        "Feng 2018",
        "sentences",
        languages=(),
        objective=Objective.REDUCE,
    ),
    "kuleshov": Recipe(
        "kuleshov_2017",
        "Kuleshov2017",
        "greedy exchange of near words that GPT-2 finds fluent",
        "Kuleshov 2018",
        "words",
        needs=(*_EMBEDDED, Need.GPT2),
    ),
    "leap": Recipe(
        "leap_2023",
        "LEAP2023",
        "particle swarm over WordNet synonyms",
        "Xiao 2023",
        "words",
        needs=(Need.STOP_WORDS, Need.WORDNET),
    ),
    "pruthi": Recipe(
        "pruthi_2019",
        "Pruthi2019",
        "one typo, every place tried",
        "Pruthi 2019",
        "characters",
    ),
    "pso": Recipe(
        "pso_zang_2020",
        "PSOZang2020",
        "particle swarm over HowNet's synonyms",
        "Zang 2020",
        "words",
        needs=(Need.STOP_WORDS, Need.POS_TAGGER, Need.HOWNET),
    ),
    "pwws": Recipe(
        "pwws_ren_2019",
        "PWWSRen2019",
        "WordNet synonyms, weighted by the words' saliency",
        "Ren 2019",
        "words",
        needs=(Need.STOP_WORDS, Need.WORDNET),
    ),
    "spanish": Recipe(
        "spanish_recipe",
        "SpanishRecipe",
        "Spanish synonyms, names and places",
        "",
        "words",
        needs=(Need.SPANISH_STOP_WORDS, Need.OPEN_MULTILINGUAL_WORDNET, Need.ENTITY_TAGGER),
        languages=("es",),
    ),
    "textbugger": Recipe(
        "textbugger_li_2018",
        "TextBuggerLi2018",
        "typos, look-alike letters, split and near words, the sentence staying similar",
        "Li 2019",
        "characters",
        needs=(*_EMBEDDED, Need.HOMOGLYPH_FILE, Need.SENTENCE_ENCODER),
    ),
    "textfooler": Recipe(
        "textfooler_jin_2019",
        "TextFoolerJin2019",
        "exchanges important words for near ones of the same part of speech",
        "Jin 2020",
        "words",
        needs=(Need.WORD_EMBEDDING, Need.POS_TAGGER, Need.SENTENCE_ENCODER),
    ),
}
