"""Byte pair encoding: text to token ids and back."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

WORD = re.compile(r" ?\S+|\s+")
NO_RANK = 1 << 30


class Tokenizer:
    """Splits text into words and merges the bytes of each word by learnt ranks."""

    def __init__(self, ranks: dict[tuple[bytes, bytes], int], vocabulary: dict[bytes, int]) -> None:
        self.ranks = ranks
        self.vocabulary = vocabulary
        self.pieces = {index: piece for piece, index in vocabulary.items()}

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """Read merges and vocabulary from a JSON file."""
        data = json.loads(path.read_text(encoding="utf-8"))
        ranks = {
            (bytes.fromhex(left), bytes.fromhex(right)): rank
            for rank, (left, right) in enumerate(data["merges"])
        }
        vocabulary = {bytes.fromhex(piece): index for piece, index in data["vocabulary"].items()}
        return cls(ranks, vocabulary)

    def encode(self, text: str) -> list[int]:
        """Turn text into token ids."""
        ids: list[int] = []
        for word in WORD.findall(text):
            pieces = self._merge(word.encode("utf-8"))
            ids.extend(self.vocabulary[piece] for piece in pieces)
        return ids

    def decode(self, ids: list[int]) -> bytes:
        """The bytes that token ids stand for; they may end inside a character."""
        return b"".join(self.pieces[index] for index in ids)

    def _merge(self, word: bytes) -> list[bytes]:
        """Merge the pair of lowest rank until no known pair is left."""
        parts = [word[i : i + 1] for i in range(len(word))]
        while len(parts) > 1:
            best = min(pairwise(parts), key=lambda pair: self.ranks.get(pair, NO_RANK))
            if best not in self.ranks:
                break
            parts = self._join(parts, best)
        return parts

    @staticmethod
    def _join(parts: list[bytes], pair: tuple[bytes, bytes]) -> list[bytes]:
        """Join every occurrence of a pair, from the left."""
        joined: list[bytes] = []
        i = 0
        while i < len(parts):
            if tuple(parts[i : i + 2]) == pair:
                joined.append(parts[i] + parts[i + 1])
                i += 2
            else:
                joined.append(parts[i])
                i += 1
        return joined
