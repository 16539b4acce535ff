"""Misspelt words put right: by the noisy-channel speller of `harden --recipe fast`, and by the sentence encoder.

In each text one word of the English dictionary gets one random edit that makes it no word. The encoder chooses, among
the eight nearest and most frequent words, the one whose text is most like the text without the word. Prints how many
words each restores, and processor time per text.

    OMP_NUM_THREADS=1 python benchmarks/speller_scoring.py HARDENED_MODEL_DIR FILE.csv
"""

import argparse
import random
import time
from pathlib import Path

import symspellpy
from symspellpy import SymSpell, Verbosity

from robust_emo.data.dataset import read_dataset
from robust_emo.models.encoder import SentenceEncoder
from robust_emo.models.loading import load_classifier
from robust_emo.words import Words

LETTERS = "abcdefghijklmnopqrstuvwxyz"
CANDIDATES = 8


def misspelt(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word) - 1)
    before, after = word[:place], word[place:]
    return rng.choice(
        [
            before + after[1:],
            before + rng.choice(LETTERS) + after,
            before + rng.choice(LETTERS) + after[1:],
            before + after[1] + after[0] + after[2:],
        ]
    )


def cases(path: str, dictionary: SymSpell) -> list[tuple[Words, int, str, str]]:
    """(text, place, word, misspelt word)."""
    rng, found = random.Random(0), []
    for example in read_dataset(path).examples:
        words = Words.of(example.text)
        places = [
            place
            for place in words.indices
            if len(words[place]) >= 4 and words[place].isascii() and words[place].lower() in dictionary.words
        ]
        if places:
            place = rng.choice(places)
            wrong = misspelt(words[place].lower(), rng)
            if wrong not in dictionary.words:
                found.append((words, place, words[place].lower(), wrong))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("data")
    arguments = parser.parse_args()
    dictionary = SymSpell(2, 7)
    dictionary.load_dictionary(str(Path(symspellpy.__file__).parent / "frequency_dictionary_en_82_765.txt"), 0, 1)
    defence, encoder, asked = load_classifier(arguments.model).defence, SentenceEncoder(), 0
    defence.text("a frist text, for whose sake the tables are made")
    encoder.embed(["the same"])
    found = cases(arguments.data, dictionary)
    started, right = time.process_time(), 0
    for words, place, word, wrong in found:
        read = Words.of(defence.text(words.replace(place, wrong).text)).words
        right += word in [each.lower() for each in read]
    speller = (right, time.process_time() - started)
    started, right, frequent = time.process_time(), 0, 0
    for words, place, word, wrong in found:
        near = sorted(dictionary.lookup(wrong, Verbosity.ALL, 2), key=lambda each: (each.distance, -each.count))
        terms = [each.term for each in near[:CANDIDATES]]
        frequent += terms[:1] == [word]
        if terms:
            vectors = encoder.embed([words.replace(place, term).text for term in (*terms, "")])
            asked += len(vectors)
            right += terms[int((vectors[:-1] @ vectors[-1]).argmax())] == word
    count = len(found)
    print(f"{count} texts with one misspelt word\n\n| chosen by | restored | ms per text |\n|---|---|---|")
    print(f"| the speller | {speller[0] / count:.1%} | {1000 * speller[1] / count:.2f} |")
    print(f"| the nearest and most frequent word | {frequent / count:.1%} | |")
    print(f"| the encoder ({asked / count:.1f} texts asked) | {right / count:.1%} | "
          f"{1000 * (time.process_time() - started) / count:.2f} |")  # fmt: skip


if __name__ == "__main__":
    main()
