"""Makes a small masked language model out of the bundled MiniLM encoder, for comparisons of attacks that need one.

    python benchmarks/make_masked_lm.py OUT DATA/*/train.csv --held-out DATA/*/validation.csv

The encoder and a new output layer, tied to the word embeddings, learn to fill in 15% of the tokens (Devlin et al. 2019:
of those 80% masked, 10% replaced by another token, 10% left). A fixed number of steps in fp32 on one thread, all chance
from the seed: the same versions and machine give the same weights. OUT is a directory as `masked_lm=DIR` of bae,
bert-attack, clare and their TextAttack recipes want it. Prints accuracy and perplexity on held-out texts, beside those
of always naming the token of most frequent use.
"""

import argparse
import math
import random
import time
from collections import Counter
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoTokenizer, BertForMaskedLM

from robust_emo.data.dataset import read_dataset
from robust_emo.models.minilm import minilm_directory
from robust_emo.models.quiet import quiet_transformers
from robust_emo.training.optimiser import rate_factor, set_rate

LONGEST = 64  # tokens per text
MASKED = 0.15
BLOCK = 4096  # texts sorted by length among themselves, so that a batch is padded little and still mixed


def token_ids(tokenizer, files, *, without=frozenset()):
    """The different texts of the files as token ids, but those in `without`."""
    texts = dict.fromkeys(example.text for file in files for example in read_dataset(file).examples)
    left = [text for text in texts if text not in without]
    ids = tokenizer(left, truncation=True, max_length=LONGEST)["input_ids"]
    return left, [row for row in ids if len(row) > 3]


def batches(rows, tokens, rng):
    """Texts in batches of some `tokens` tokens, padding included; each text once, in an order drawn by `rng`."""
    order = list(range(len(rows)))
    rng.shuffle(order)
    found = []
    for start in range(0, len(order), BLOCK):
        batch = []
        for index in sorted(order[start : start + BLOCK], key=lambda i: len(rows[i])):
            if batch and (len(batch) + 1) * len(rows[index]) > tokens:
                found.append(batch)
                batch = []
            batch.append(index)
        found.append(batch)
    rng.shuffle(found)
    return [[rows[index] for index in batch] for batch in found]


def masked(rows, tokenizer, generator):
    """(input ids, attention mask, which tokens are to be told, what they are)."""
    longest = max(map(len, rows))
    ids = torch.tensor([row + [tokenizer.pad_token_id] * (longest - len(row)) for row in rows])
    attention = (ids != tokenizer.pad_token_id).long()
    open_ = (ids != tokenizer.pad_token_id) & (ids != tokenizer.cls_token_id) & (ids != tokenizer.sep_token_id)
    chosen = (torch.rand(ids.shape, generator=generator) < MASKED) & open_
    answers = ids[chosen]
    how = torch.rand(answers.shape, generator=generator)
    other = torch.randint(len(tokenizer), answers.shape, generator=generator)
    shown = torch.where(how < 0.8, tokenizer.mask_token_id, torch.where(how < 0.9, other, answers))
    ids = ids.masked_scatter(chosen, shown)
    return ids, attention, chosen, answers


def logits_of(model, ids, attention, chosen):
    """Logits of the chosen tokens only: those of all tokens would cost as much as the encoder."""
    hidden = model.bert(input_ids=ids, attention_mask=attention).last_hidden_state
    return model.cls(hidden[chosen])


def quality(model, rows, tokenizer, seed):
    """Accuracy and perplexity on masked tokens."""
    generator = torch.Generator().manual_seed(seed)
    model.eval()
    right, loss, n = 0, 0.0, 0
    with torch.inference_mode():
        for batch in batches(rows, 4096, random.Random(seed)):
            ids, attention, chosen, answers = masked(batch, tokenizer, generator)
            logits = logits_of(model, ids, attention, chosen)
            right += int((logits.argmax(-1) == answers).sum())
            loss += float(cross_entropy(logits, answers, reduction="sum"))
            n += len(answers)
    return right / n, math.exp(loss / n), n


def frequencies(rows, size):
    """log share of each token of the vocabulary, add one."""
    counts = Counter(token for row in rows for token in row[1:-1])
    shares = torch.tensor([counts[token] + 1.0 for token in range(size)])
    return (shares / shares.sum()).log()


def train(model, rows, tokenizer, arguments):
    """The steps, with a line every fifty."""
    rng, generator = random.Random(arguments.seed), torch.Generator().manual_seed(arguments.seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=arguments.rate, weight_decay=0.01, fused=True)
    queue, losses, started = [], [], time.process_time()
    model.train()
    for step in range(arguments.steps):
        queue = queue or batches(rows, arguments.tokens, rng)
        ids, attention, chosen, answers = masked(queue.pop(), tokenizer, generator)
        set_rate(optimiser, rate_factor(step, total=arguments.steps, warmup=0.06))
        loss = cross_entropy(logits_of(model, ids, attention, chosen), answers)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
        if (step + 1) % 50 == 0:
            recent = sum(losses[-50:]) / 50
            print(f"step {step + 1}: loss {recent:.3f}, {time.process_time() - started:.0f} s", flush=True)


def report(model, held_out, shares, tokenizer):
    """Quality as a Markdown table."""
    accuracy, perplexity, n = quality(model, held_out, tokenizer, 0)
    tokens = [token for row in held_out for token in row[1:-1]]
    usual = int(shares.argmax())
    naive = math.exp(-sum(float(shares[token]) for token in tokens) / len(tokens))
    print("| | accuracy | perplexity | n |\n|---|---|---|---|")
    print(f"| masked tokens of held-out texts | {accuracy:.3f} | {perplexity:.1f} | {n:,} |")
    print(f"| by token frequency alone | {tokens.count(usual) / len(tokens):.3f} | {naive:.0f} | {len(tokens):,} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--held-out", nargs="+", required=True)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--tokens", type=int, default=1024, help="per step, padding included")
    parser.add_argument("--rate", type=float, default=5e-4, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    with quiet_transformers():
        tokenizer = AutoTokenizer.from_pretrained(minilm_directory(), local_files_only=True)
        model = BertForMaskedLM.from_pretrained(minilm_directory(), local_files_only=True, dtype=torch.float32)
    known, rows = token_ids(tokenizer, arguments.data)
    _, held_out = token_ids(tokenizer, arguments.held_out, without=frozenset(known))
    shares = frequencies(rows, len(tokenizer))
    with torch.no_grad():
        model.cls.predictions.bias.copy_(shares)  # a start that knows how frequent tokens are
    print(f"{len(rows):,} texts, {sum(map(len, rows)):,} tokens; held out {len(held_out):,} texts", flush=True)
    train(model, rows, tokenizer, arguments)
    report(model, held_out, shares, tokenizer)
    model.save_pretrained(arguments.out, safe_serialization=True)
    tokenizer.save_pretrained(arguments.out)


if __name__ == "__main__":
    main()
