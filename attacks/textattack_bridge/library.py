"""TextAttack itself, imported without its side effects.

Its import downloads NLTK data, changes where Hugging Face and others keep their caches, and logs to the terminal.
Here it finds a cache folder that says all is installed, the environment is put back afterwards, and a download that
is tried later becomes a :class:`~robust_emo.errors.PrerequisiteError`.
"""

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import transformers  # noqa: F401 - before TextAttack, since it reads the environment when it is imported

from robust_emo.errors import PrerequisiteError

from .needs import cache_folder

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


with _own_environment(), warnings.catch_warnings():
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
