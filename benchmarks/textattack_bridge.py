"""One recipe of TextAttack three ways, on the same model, examples, stand-ins and seeds, in one run.

    python benchmarks/textattack_bridge.py MODEL_DIR DATA.csv --recipe textfooler --examples 200 --repeats 3

(a) TextAttack by itself: HuggingFaceModelWrapper, one example after the other; (b) the bridge, fp32 and bf16; (c) our
own attack of the same name where there is one. The stock run writes each outcome to --stock-json as it goes and
takes up from there, since it can take hours; its times are those of the run that wrote them. It pads every text to the
tokenizer's maximum: 512 for most models, 128 for those that `robust-emo train` makes (--stock-max-length). Before each
example both sides are seeded alike, so that recipes that draw at random can be compared text by text.

Wall-clock and processor time are both given: the second says the same on a busy machine. Prints a Markdown table;
figures of our own runs are medians over --repeats, each with an empty cache. What is left over beside model,
tokenizer and sentence encoder is the processor time of a second pass with all their answers in memory.
"""

import argparse
import json
import os
import platform
import random
import statistics
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch

from robust_emo import plugins
from robust_emo.data.dataset import read_dataset
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.grading import example_rng
from robust_emo.models.encoder import SentenceEncoder
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.statistics import wilson


@dataclass
class Outcome:
    """One example on one side."""

    id: str
    status: str
    text: str | None
    queries: int
    wall: float = 0.0
    cpu: float = 0.0


@dataclass
class Run:
    """One side: outcomes by example id, and the medians of what its repeats took."""

    outcomes: dict
    wall: float
    cpu: float
    left_over: float | None = None
    """Processor seconds of a second pass in which model, tokenizer and sentence encoder have nothing left to do."""
    walls: list = field(default_factory=list)

    @property
    def attacked(self):
        return [o for o in self.outcomes.values() if o.status in ("succeeded", "failed")]

    @property
    def succeeded(self):
        return sum(o.status == "succeeded" for o in self.attacked)

    @property
    def queries(self):
        return sum(o.queries for o in self.attacked)


def stock_median(arguments, examples, victim):
    """The stock run, --stock-repeats times: outcomes of the first one, medians of the times."""
    repeats = [run_stock(arguments, examples, victim, number) for number in range(arguments.stock_repeats)]
    assert all(repeat.queries == repeats[0].queries for repeat in repeats)
    walls = [repeat.wall for repeat in repeats]
    return Run(
        repeats[0].outcomes,
        statistics.median(walls),
        statistics.median(repeat.cpu for repeat in repeats),
        walls=walls if len(walls) > 1 else [],
    )


def run_stock(arguments, examples, victim, number):
    """TextAttack with its own wrapper and the stand-ins, sequentially; what the file holds already is kept."""
    header = {"recipe": arguments.recipe, "model": victim.sha256, "seed": arguments.seed, "threads": arguments.threads}
    if arguments.stock_max_length:
        header["max_length"] = arguments.stock_max_length
    path = Path(f"{arguments.stock_json}{f'.{number}' if number else ''}") if arguments.stock_json else None
    known = read_stock(path, header) if path and path.exists() else {}
    missing = [example for example in examples if example.id not in known]
    if missing:
        attack, seed_generators = stock_attack(arguments)
        if path and not path.exists():
            path.write_text(json.dumps(header) + "\n", encoding="utf-8")
        for example in missing:
            outcome = stock_outcome(attack, seed_generators, arguments, example, victim)
            known[example.id] = outcome
            if path:
                with path.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(asdict(outcome)) + "\n")
    chosen = {example.id: known[example.id] for example in examples}
    return Run(chosen, sum(o.wall for o in chosen.values()), sum(o.cpu for o in chosen.values()))


def read_stock(path, header):
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    if json.loads(first) != header:
        raise SystemExit(f"{path} is of another run: {first}")
    return {outcome.id: outcome for outcome in (Outcome(**json.loads(line)) for line in lines)}


def stock_attack(arguments):
    from robust_emo_attacks.textattack_bridge.building import build
    from robust_emo_attacks.textattack_bridge.greenlets import seed_generators
    from robust_emo_attacks.textattack_bridge.library import textattack
    from robust_emo_attacks.textattack_bridge.needs import Settings
    from robust_emo_attacks.textattack_bridge.recipes import RECIPES
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    tokenizer.model_max_length = arguments.stock_max_length or tokenizer.model_max_length
    model = AutoModelForSequenceClassification.from_pretrained(arguments.model).eval()
    wrapper = textattack.models.wrappers.HuggingFaceModelWrapper(model, tokenizer)
    wrapper(["warm up"])
    encoder = SentenceEncoder()
    encoder.embed(["warm up"])
    settings = Settings(masked_lm=arguments.masked_lm)
    return build(RECIPES[arguments.recipe], wrapper, encoder.embed, settings), seed_generators


def stock_outcome(attack, seed_generators, arguments, example, victim):
    seed = example_rng(arguments.seed, f"textattack:{arguments.recipe}", example.id).randrange(1 << 32)
    seed_generators(seed)
    wall, cpu = time.perf_counter(), time.process_time()
    result = attack.attack(victim.readable(example.text), victim.labels.index(example.labels[0]))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    kind = type(result).__name__.removesuffix("AttackResult").lower()
    status = {"successful": "succeeded", "maximized": "succeeded"}.get(kind, kind)
    text = result.perturbed_text() if status == "succeeded" else None
    return Outcome(example.id, status, text, result.num_queries, wall, cpu)


def run_ours(arguments, examples, name, precision):
    """An attack on the query engine, --repeats times, each with an empty cache."""
    attack = plugins.load("attacks", name, **our_arguments(arguments, name))
    if problems := attack.problems():
        raise SystemExit("\n".join(problems))
    victim = Victim(load_classifier(arguments.model), precision=precision)
    warm_up = list(attack_examples(Engine(victim), attack, examples[:8], seed=arguments.seed))
    assert len(warm_up) == 8
    walls, cpus, left = [], [], []
    for _ in range(arguments.repeats):
        engine = Engine(victim, pool=arguments.pool)
        wall, cpu = time.perf_counter(), time.process_time()
        outcomes = list(attack_examples(engine, attack, examples, seed=arguments.seed))
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        cpu = time.process_time()
        again = list(attack_examples(engine, attack, examples, seed=arguments.seed))  # all answers are in memory
        left.append(time.process_time() - cpu)
        assert sum(o.num_queries for o in again) == sum(o.num_queries for o in outcomes)
    found = {o.example_id: Outcome(o.example_id, o.status.value, o.perturbed, o.num_queries) for o in outcomes}
    return Run(found, statistics.median(walls), statistics.median(cpus), statistics.median(left), walls)


def our_arguments(arguments, name):
    return {"masked_lm": arguments.masked_lm} if arguments.masked_lm and name.startswith("textattack:") else {}


def row(name, run, stock):
    """One line of the table."""
    interval = wilson(run.succeeded, len(run.attacked))
    rate = f"{run.succeeded / len(run.attacked):.1%} [{interval.low:.1%}, {interval.high:.1%}]"
    cells = [name, rate, len(run.attacked), f"{run.queries / len(run.attacked):.1f}", f"{run.wall:.1f}"]
    cells += [f"{run.cpu:.1f}"]
    if stock is None:
        cells += ["", "", "", ""]
    else:
        same = [(o, stock.outcomes[o.id]) for o in run.outcomes.values()]
        status = sum(a.status == b.status for a, b in same) / len(same)
        text = sum(a.status == b.status and a.text == b.text for a, b in same) / len(same)
        cells += [f"{stock.wall / run.wall:.1f}x", f"{stock.cpu / run.cpu:.1f}x", f"{status:.1%}", f"{text:.1%}"]
    cells.append("" if run.left_over is None else f"{1000 * run.left_over / run.queries:.3f}")
    return "| " + " | ".join(map(str, cells)) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--recipe", default="deepwordbug")
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--pool", type=int, default=256)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--precisions", default="fp32,bf16", help="of our runs, separated by commas")
    parser.add_argument("--masked-lm", help="directory of a masked language model, for recipes that use one")
    parser.add_argument("--stock-json", help="JSON lines of the stock run: written as it goes, and reused")
    parser.add_argument("--stock-repeats", type=int, default=1, help="medians over as many stock runs")
    parser.add_argument("--stock-max-length", type=int, help="tokens that the stock wrapper pads to  [the model's own]")
    parser.add_argument("--skip-stock", action="store_true", help="no stock run, and no comparison with it")
    parser.add_argument("--only-stock", action="store_true", help="the stock run alone")
    parser.add_argument("--outcomes", help="JSON lines with the outcomes of the fp32 bridge")
    arguments = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    random.seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    victim = Victim(load_classifier(arguments.model))
    dataset = read_dataset(arguments.data, labels=victim.labels, task=victim.task)
    examples = draw_stratified(dataset.examples, arguments.examples, arguments.seed)

    runs, stock = {}, None
    if not arguments.skip_stock:
        stock = runs["TextAttack 0.3.11, stock wrapper"] = stock_median(arguments, examples, victim)
    if not arguments.only_stock:
        sides = [f"textattack:{arguments.recipe}"]
        sides += [arguments.recipe] if arguments.recipe in plugins.available("attacks") else []
        for name in sides:
            for precision in arguments.precisions.split(","):
                runs[f"`{name}` {precision}"] = run_ours(arguments, examples, name, precision)
    if arguments.outcomes and not arguments.only_stock:
        bridged = runs[f"`textattack:{arguments.recipe}` fp32"].outcomes.values()
        lines = "".join(json.dumps(asdict(outcome)) + "\n" for outcome in bridged)
        Path(arguments.outcomes).write_text(lines, encoding="utf-8")

    cpu = platform.processor() or platform.machine()
    print(f"{cpu}, torch {torch.__version__}, {arguments.threads} thread(s), {len(examples)} examples\n")
    print(
        "| | attack success rate | n | queries per attack | wall s | cpu s | faster (wall) | faster (cpu) "
        "| same status | same status and text | left-over cpu ms per query |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, run in runs.items():
        print(row(name, run, stock))
    for name, run in runs.items():
        if run.walls:
            print(f"\n{name}: wall seconds of the repeats {', '.join(f'{wall:.1f}' for wall in run.walls)}")


if __name__ == "__main__":
    main()
