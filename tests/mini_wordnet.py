"""A WordNet of a few synsets in WordNet's own file format, so that tests need none on the machine."""

import zipfile
from pathlib import Path

_HEADER = "  1 This is a made-up WordNet 9.9 Copyright notice for tests.\n"
_SYNSETS = {
    "adj": [("a", ("happy", "glad", "well_chosen"), "sad"), ("a", ("sad", "unhappy"), "happy")],
    "adv": [("r", ("gladly", "happily"), None)],
    "noun": [("n", ("joy", "delight"), None)],
    "verb": [("v", ("love", "adore"), None)],
}


def write_wordnet(folder: Path) -> Path:
    """Data, index and exception files, but neither `lexnames` nor `index.sense`, as in Debian's package."""
    folder.mkdir(parents=True)
    for part, synsets in _SYNSETS.items():
        (folder / f"{part}.exc").write_text("")
        data, offsets = _data(synsets)
        (folder / f"data.{part}").write_text(data)
        (folder / f"index.{part}").write_text(_HEADER + "".join(_index(synsets, offsets)))
    return folder


def zipped(folder: Path, archive: Path) -> Path:
    """The files of `folder` in an archive, in one folder named after it, as NLTK ships them."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr(f"{archive.stem}/", "")
        for file in sorted(folder.iterdir()):
            out.write(file, f"{archive.stem}/{file.name}")
    return archive


def _data(synsets):
    """Lines have the same length whatever the offsets, so offsets are known before they are written."""
    blank = [_line(synset, 0, {}) for synset in synsets]
    places = [len(_HEADER) + sum(map(len, blank[:number])) for number in range(len(blank))]
    of_word = {synset[1][0]: place for synset, place in zip(synsets, places, strict=True)}
    lines = [_line(synset, place, of_word) for synset, place in zip(synsets, places, strict=True)]
    return _HEADER + "".join(lines), places


def _line(synset, offset, of_word):
    kind, words, opposite = synset
    lemmas = " ".join(f"{word} 0" for word in words)
    pointers = f"001 ! {of_word.get(opposite, 0):08d} {kind} 0101" if opposite else "000"
    frames = " 01 + 08 00" if kind == "v" else ""
    return f"{offset:08d} 00 {kind} {len(words):02x} {lemmas} {pointers}{frames} | made up  \n"


def _index(synsets, offsets):
    for (kind, words, opposite), offset in zip(synsets, offsets, strict=True):
        for word in words:
            yield f"{word} {kind} 1 {'1 !' if opposite else '0'} 1 0 {offset:08d}  \n"
