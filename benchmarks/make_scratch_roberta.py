"""Makes an untrained RoBERTa-type encoder with a tokenizer of its own, for measuring on another architecture.

    python benchmarks/make_scratch_roberta.py OUT DATA/dair_emotion/train.csv

Byte-level byte-pair encoding from the texts, four layers of 256, learnt positions that start behind the padding, no
token types (Liu et al. 2019), all weights random by the seed. OUT is a base for `robust-emo train --base OUT`.
"""

import argparse
from pathlib import Path

import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import RobertaConfig, RobertaModel, RobertaTokenizerFast

from robust_emo.data.dataset import read_dataset

LONGEST = 128  # tokens per text
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("data", type=Path, help="labelled texts; labels are not looked at")
    parser.add_argument("--vocabulary", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    texts = [example.text for example in read_dataset(arguments.data).examples]
    learnt = ByteLevelBPETokenizer()
    learnt.train_from_iterator(texts, vocab_size=arguments.vocabulary, min_frequency=2, special_tokens=SPECIAL)
    arguments.out.mkdir(parents=True, exist_ok=True)
    vocabulary, merges = learnt.save_model(str(arguments.out))
    tokenizer = RobertaTokenizerFast(vocabulary, merges, model_max_length=LONGEST)
    torch.manual_seed(arguments.seed)
    model = RobertaModel(
        RobertaConfig(
            vocab_size=len(tokenizer),
            hidden_size=256,
            num_hidden_layers=4,
            num_attention_heads=4,
            intermediate_size=1024,
            max_position_embeddings=LONGEST + 2,
            type_vocab_size=1,
        ),
        add_pooling_layer=False,
    )
    tokenizer.save_pretrained(arguments.out)
    model.save_pretrained(arguments.out)
    print(f"{arguments.out}: {model.num_parameters():,} parameters, {len(tokenizer):,} tokens")


if __name__ == "__main__":
    main()
