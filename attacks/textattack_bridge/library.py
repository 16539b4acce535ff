"""TextAttack itself, imported without its side effects.

Its import downloads NLTK data, reads stop words, changes where Hugging Face and others keep their caches, and logs to
the terminal. Here it finds a cache folder that says all is installed and whatever stop words there are, the environment
is put back afterwards, and a download that is tried later becomes a :class:`~robust_emo.errors.PrerequisiteError`.
"""

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn
from unittest.mock import patch

import nltk
import transformers  # noqa: F401 - before TextAttack, since it reads the environment when it is imported

from robust_emo.errors import PrerequisiteError

from .needs import cache_folder
from .stop_words import stop_words

_INSTALLED = "post_install_check_3"  # the file by which TextAttack knows that its NLTK data are there


@contextmanager
def _own_environment() -> Iterator[None]:
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / _INSTALLED).touch()
        os.environ["TA_CACHE_DIR"] = folder
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _refused(url: str, *_: Any, **__: Any) -> NoReturn:  # noqa: ANN401 - whatever the caller passes
    raise PrerequisiteError(f"TextAttack wants to download {url}; nothing is downloaded unasked")


_words = SimpleNamespace(words=stop_words)  # constraints that no recipe of ours uses are made at import
with _own_environment(), patch.object(nltk.corpus, "stopwords", _words), warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of packages that TextAttack imports
    import jieba
    import textattack
    import textattack.attack_recipes
    from textattack.shared.utils import install

jieba.setLogLevel(logging.ERROR)
textattack.shared.logger.setLevel(logging.ERROR)
textattack.shared.logger.warn = textattack.shared.logger.warning  # TextAttack calls the deprecated one
install.TEXTATTACK_CACHE_DIR = str(cache_folder())
install.http_get = _refused

__all__ = ["textattack"]
