"""What each built-in attack does, in one plain sentence."""

from .language import later, say

_TEXTATTACK = {
    "a2t": later("Exchanges words for near ones, in the order in which the model's gradients rank them."),
    "alzantot": later("Breeds texts with near words that a language model finds fluent."),
    "bad-characters": later("Exchanges letters for look-alikes, sought by differential evolution."),
    "bae": later("Exchanges important words for what a masked language model proposes."),
    "bert-attack": later("Exchanges important words, or pieces of words, for what BERT proposes."),
    "checklist": later("Contracts and expands words, and exchanges names, places and numbers."),
    "chinese": later("Exchanges Chinese words and characters for synonyms, look-alikes and homophones."),
    "clare": later("Replaces, inserts and merges words as a masked language model proposes."),
    "deepwordbug": later("Misspells the most important words, one character each."),
    "faster-alzantot": later("Breeds texts with near words that a language model was asked about beforehand."),
    "french": later("Exchanges French words for synonyms, and names and places for others."),
    "hotflip": later("Exchanges words as the model's gradients favour it."),
    "iga": later("Breeds texts with near words, by an improved genetic search."),
    "input-reduction": later("Takes words away as long as the prediction stays."),
    "kuleshov": later("Exchanges words, one after the other, for near ones that GPT-2 finds fluent."),
    "leap": later("Exchanges words for WordNet synonyms, sought by a particle swarm."),
    "pruthi": later("Makes one typo and tries every place for it."),
    "pso": later("Exchanges words for HowNet's synonyms, sought by a particle swarm."),
    "pwws": later("Exchanges words for WordNet synonyms, the most salient first."),
    "spanish": later("Exchanges Spanish words for synonyms, and names and places for others."),
    "textbugger": later("Makes typos, look-alike letters, split and near words while the sentence stays similar."),
    "textfooler": later("Exchanges important words for near ones of the same part of speech."),
}
"""By the recipe of TextAttack."""

ATTACK_SUMMARIES = {
    "a2t": later("Exchanges words for near ones, in the order in which the model's gradients rank them."),
    "bae": later("Replaces words, or inserts some, with what a masked language model finds fitting."),
    "bert-attack": later("Exchanges words for others that a masked language model could imagine there."),
    "bidi": later("Swaps letters and has control characters display them in order: the text looks the same."),
    "clare": later("Replaces, inserts and merges words as a masked language model proposes."),
    "code-switching": later("Exchanges words of emotion and everyday words between Chinese and English."),
    "contractions": later("Contracts and expands: do not, don't, dont."),
    "deepwordbug": later("Misspells the most important words, one character each."),
    "deepwordbug-strong": later("Like deepwordbug, with many more misspellings of each word to choose from."),
    "deletions": later("Adds letters, each erased again by a control character that some programs do not obey."),
    "diacritics": later("Puts accents, strokes and hooks on letters, which are read as the plain ones."),
    "distractor": later("Appends a neutral sentence; the text itself stays as it is."),
    "elongation": later("Repeats letters for stress, as in sooo happyyy, or undoes it."),
    "emoji": later("Swaps emoji and emoticons for others that say the same, removes them, adds neutral ones."),
    "faster-genetic": later("Breeds texts with words exchanged for near ones."),
    "hashtags": later("Takes hashtags apart and together, moves them, adds neutral ones."),
    "homoglyphs": later("Exchanges letters for look-alikes of other scripts: the text looks the same."),
    "hotflip": later("Exchanges a word or two where the model's gradients say that it hurts most."),
    "input-reduction": later("Takes words away as long as the prediction stays."),
    "intensifiers": later("Adds, exchanges and drops very, so, really, a bit before words of feeling."),
    "keyboard": later("Hits the key beside the right one, once a word."),
    "letter-case": later("Writes in lower case, CAPITALS or Title Case, or single WORDS in capitals."),
    "letter-spacing": later("Sets letters apart: h a p p y, h-a-p-p-y, h.a.p.p.y."),
    "negation": later("Says the same by denying the opposite: not unhappy for happy."),
    "neutral-context": later("Says before or behind the text who wrote it or where it stood."),
    "ocr": later("Confuses characters as a scanner does: 0 and O, rn and m."),
    "profanity-masking": later("Masks the swear words that are there: f*ck, f**k, sh1t."),
    "pruthi": later("Makes a typo or two inside words and tries every place for them."),
    "pruthi-strong": later("Makes a typo or two inside one word and tries every place for each."),
    "punctuation": later("Drops, repeats and adds final marks, commas and apostrophes."),
    "pwws": later("Exchanges words for WordNet synonyms, the most salient first."),
    "real-words": later("Makes slips of one letter that are another English word, which no speller mends."),
    "synonyms": later("Exchanges important words for near ones while the sentence stays similar."),
    "textbugger": later("Misspells important words or exchanges them for near ones while the sentence stays similar."),
    "textbugger-strong": later("Like textbugger, with many more misspellings of each word to choose from."),
    "textfooler": later("Exchanges important words for near ones of the same part of speech."),
    "unicode": later("Puts in look-alike letters and invisible characters: the text looks the same."),
    "universal-triggers": later("Puts a few words in front, learnt on other texts and the same for all of an emotion."),
    "zero-width": later("Puts characters of no width into words: the text looks the same."),
    "zh-homophones": later("Exchanges Chinese characters for frequent ones of the same sound."),
    "zh-look-alikes": later("Exchanges Chinese characters for ones of nearly the same shape."),
    "zh-pinyin": later("Writes Chinese characters and words in pinyin."),
    "zh-splitting": later("Writes Chinese left-right characters as their two halves."),
    "zh-synonyms": later("Exchanges Chinese words for synonyms of the same emotion."),
    "zh-traditional": later("Writes simplified Chinese characters as traditional ones, or the other way round."),
    **{f"textattack:{recipe}": summary for recipe, summary in _TEXTATTACK.items()},
}
"""The pages are made of audit.json alone, where plug-ins may be missing: so a table, and none of their summaries."""


def attack_summary(name: str) -> str:
    """What the attack does, in the language spoken now; empty for one that is not ours."""
    return say(ATTACK_SUMMARIES[name]) if name in ATTACK_SUMMARIES else ""
