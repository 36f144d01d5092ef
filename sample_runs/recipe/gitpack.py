"""Git objects and a bundle, written here so that their bytes do not depend on any git version.

The formats are those of git's `gitformat-pack` and `gitformat-bundle` manuals: objects without
deltas, stored by zlib without compression (compressed bytes differ between zlib builds).
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field
from datetime import datetime

from recipe.records import Commit, Tree

EMAIL = "{name}@minnow.example"
TYPES = {"commit": 1, "tree": 2, "blob": 3}


def object_id(kind: str, data: bytes) -> str:
    """The id git gives to an object."""
    header = f"{kind} {len(data)}\0".encode()
    return hashlib.sha1(header + data, usedforsecurity=False).hexdigest()


def blob_id(text: str) -> str:
    """The id git gives to a file with this text."""
    return object_id("blob", text.encode("utf-8"))


@dataclass
class ObjectStore:
    """Every object of the engine's history, by id."""

    objects: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def add(self, kind: str, data: bytes) -> str:
        """Keep an object; its id."""
        sha = object_id(kind, data)
        self.objects[sha] = (kind, data)
        return sha

    def add_tree(self, tree: Tree) -> str:
        """Keep the files and folders of a tree; the id of its root."""
        entries: list[tuple[str, str, str]] = []
        folders: dict[str, Tree] = {}
        for path, text in tree.items():
            name, _, rest = path.partition("/")
            if rest:
                folders.setdefault(name, {})[rest] = text
            else:
                entries.append((name, "100644", self.add("blob", text.encode("utf-8"))))
        entries += [(name, "40000", self.add_tree(inner)) for name, inner in folders.items()]
        entries.sort(key=lambda entry: entry[0] + ("/" if entry[1] == "40000" else ""))
        data = b"".join(
            f"{mode} {name}\0".encode() + bytes.fromhex(sha) for name, mode, sha in entries
        )
        return self.add("tree", data)

    def add_commit(self, commit: Commit, tree: Tree, parent: str | None) -> str:
        """Keep a commit with its tree; its id."""
        moment = datetime.fromisoformat(commit.date)
        email = EMAIL.format(name=commit.author.split()[0].lower())
        who = f"{commit.author} <{email}> {int(moment.timestamp())} {moment:%z}"
        lines = [f"tree {self.add_tree(tree)}"]
        lines += [f"parent {parent}"] if parent else []
        lines += [f"author {who}", f"committer {who}", "", commit.message]
        return self.add("commit", "\n".join(lines).encode("utf-8"))

    def bundle(self, head: str) -> bytes:
        """A git bundle of everything, with the branch `main` at `head`."""
        header = f"# v2 git bundle\n{head} refs/heads/main\n{head} HEAD\n\n"
        return header.encode("ascii") + self.pack()

    def pack(self) -> bytes:
        """A pack of every object, in the order of kinds and ids."""
        order = sorted(self.objects, key=lambda sha: (TYPES[self.objects[sha][0]], sha))
        data = b"PACK" + (2).to_bytes(4, "big") + len(order).to_bytes(4, "big")
        data += b"".join(_packed(*self.objects[sha]) for sha in order)
        return data + hashlib.sha1(data, usedforsecurity=False).digest()


def _packed(kind: str, data: bytes) -> bytes:
    """One pack entry: kind and size in a variable-length header, then a zlib stream."""
    size = len(data)
    first = TYPES[kind] << 4 | size & 0x0F
    size >>= 4
    header = bytearray()
    while size:
        header.append(first | 0x80)
        first = size & 0x7F
        size >>= 7
    header.append(first)
    return bytes(header) + zlib_stored(data)


def zlib_stored(data: bytes) -> bytes:
    """A zlib stream of stored blocks (RFC 1950 and 1951), the same bytes everywhere."""
    blocks = [data[i : i + 0xFFFF] for i in range(0, len(data), 0xFFFF)] or [b""]
    stream = bytearray(b"\x78\x01")
    for number, block in enumerate(blocks, 1):
        length = len(block)
        stream.append(number == len(blocks))
        stream += length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little") + block
    return bytes(stream) + zlib.adler32(data).to_bytes(4, "big")
