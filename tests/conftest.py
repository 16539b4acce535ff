"""Fixtures: real tiny models, trained once per test run on sentences that a tiny model can learn."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from command_line import Ended
from sentences import emotion_rows, write_rows
from tiny_masked_lm import make_tiny_masked_lm


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Tests never touch the user's query cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROBUST_EMO_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


@pytest.fixture(autouse=True)
def _own_threads():
    """A command with --threads changes them for its whole process: not for the tests after it."""
    before = _threads()
    yield
    if (now := _threads()) is not None:
        sys.modules["torch"].set_num_threads(before or int(os.environ.get("OMP_NUM_THREADS", now)))


def _threads() -> int | None:
    """Of torch; None where nobody has imported it."""
    return sys.modules["torch"].get_num_threads() if "torch" in sys.modules else None


@pytest.fixture(scope="session")
def masked_lm(tmp_path_factory):
    """Attacks that need a masked language model find a tiny real one, as a user names his by the variable."""
    rows = [row["text"] for row in emotion_rows(60)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROBUST_EMO_MASKED_LM", str(make_tiny_masked_lm(tmp_path_factory.mktemp("masked-lm"), rows)))
        yield


def _train(folder: Path, rows: list[dict[str, str]], **arguments) -> Path:
    from robust_emo.training.hyperparameters import Hyperparameters
    from robust_emo.training.train import train

    data = write_rows(folder / "emotions.csv", rows)
    settings = Hyperparameters(
        epochs=8, batch_size=16, learning_rate=3e-3, head_factor=1.0, precision="fp32", patience=8, max_length=32
    )
    train(str(data), folder / "model", base="scratch:tiny", settings=settings, device="cpu", **arguments)
    return folder / "model"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    """A model directory of four emotions with its manifest and split data (72 test texts, none of them hard)."""
    return _train(tmp_path_factory.mktemp("tiny"), emotion_rows(720))


@pytest.fixture(scope="session")
def tiny_multi_model(tmp_path_factory) -> Path:
    """The same for multi-label data: two sentences joined, two emotions or one."""
    first, second = emotion_rows(480, seed=1), emotion_rows(480, seed=2)
    random.Random(3).shuffle(second)
    rows = [
        {"text": f"{a['text']} {b['text']}", "label": "|".join(sorted({a["label"], b["label"]}))}
        for a, b in zip(first, second, strict=True)
    ]
    return _train(tmp_path_factory.mktemp("tiny-multi"), rows)


@pytest.fixture(scope="session")
def victim(tiny_model):
    """The tiny model, loaded."""
    from robust_emo.models.loading import load_classifier
    from robust_emo.models.victim import Victim

    return Victim(load_classifier(tiny_model))


@pytest.fixture(scope="session")
def fake_plugin(tmp_path_factory) -> Iterator[Path]:
    """A third-party plug-in package, really installed: found through its entry points like any other."""
    target = tmp_path_factory.mktemp("site")
    source = tmp_path_factory.mktemp("source") / "fake_plugin"
    shutil.copytree(Path(__file__).parent / "fake_plugin", source)  # building leaves files in the source folder
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    sys.path.insert(0, str(target))
    yield target
    sys.path.remove(str(target))


@pytest.fixture
def cli(monkeypatch, capsys):
    """Run a command in this process."""
    from robust_emo.cli.main import run

    def start(*arguments):
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["robust-emo", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            run()
        printed = capsys.readouterr()
        return Ended(int(stopped.value.code), printed.out, printed.err)

    return start


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """One browser for all tests that look at pages."""
    from browser import CHROMIUM, Browser

    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install -y chromium")
    started = Browser(tmp_path_factory.mktemp("chromium"))
    yield started
    started.close()


@pytest.fixture
def tab(chromium):
    """A tab of its own for every test."""
    from browser import Tab

    opened = Tab(chromium)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> Callable[[str], Path]:
    """The file of a page of `browser_pages.PAGES`, made once."""
    from browser_pages import PAGES

    @cache
    def made(name: str) -> Path:
        path = tmp_path_factory.mktemp(name) / "page.html"
        path.write_bytes(PAGES[name]())
        return path

    return made
