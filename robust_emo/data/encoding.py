"""Bytes of a data file as text: UTF-8 with or without a byte order mark, gzip by suffix, anything else refused."""

import gzip
import zlib
from pathlib import Path

from robust_emo.errors import InputError

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: Path) -> str:
    """The whole file, decoded; line ends are left as they are.

    Raises:
        InputError: the file cannot be read or unpacked, or is not UTF-8 (names the line, the byte and a way out).
    """
    try:
        data = path.read_bytes()
        if path.suffix.lower() == ".gz":
            data = gzip.decompress(data)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"not a whole gzip file: {error}") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}") from error
    if data[:2] in _UTF16_MARKS or b"\0" in data[:4]:
        raise InputError(f"expected UTF-8, got UTF-16; {_way_out(path, 'UTF-16')}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"expected UTF-8, but byte 0x{data[error.start]:02x} on line {line} (byte {error.start + 1} of the "
            f"file) is not; {_way_out(path, 'WINDOWS-1252')} (for Chinese text often GB18030 in place of WINDOWS-1252)"
        ) from error


def _way_out(path: Path, encoding: str) -> str:
    name = path.name.removesuffix(".gz")
    return f"convert it, e.g. iconv -f {encoding} -t UTF-8 {name} > utf8_{name}"
