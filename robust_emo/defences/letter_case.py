"""Capitals of a written word, put on the word that takes its place."""


def in_case_of(written: str, word: str) -> str:
    """`word`, which is in small letters, with the capitals of `written`: all, the first one, or none."""
    letters = [character for character in written if character.isalpha()]
    if len(letters) > 1 and all(character.isupper() for character in letters):
        return word.upper()
    if letters and letters[0].isupper():
        return word[:1].upper() + word[1:] if word[:1].isalpha() else word[:1] + word[1:2].upper() + word[2:]
    return word
