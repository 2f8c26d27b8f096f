"""French word vectors in the small file that the search reads.

Run by scripts/models with the tools' own Python (numpy): `words.py VECTORS.npy KEY2ROW.msgpack OUT`.

spaCy keeps a table of vectors and, in MessagePack, which word (by the MurmurHash64A of its UTF-8, seed 1) has which
row. Out comes, little endian: `SWRD1\\0\\0\\0`, dimensions, rows and keys (u32 each), each row as a scale (f32) and
signed bytes, the keys sorted (u64), and the row of each key (u16). The rows have length 1 before they are rounded.
"""

import struct
import sys

import numpy as np

from progress import Progress

MAGIC = b"SWRD1\0\0\0"


def read_map(data):
    """A MessagePack map of unsigned integers; nothing else is in this file."""
    at = 0

    def number():
        nonlocal at
        kind = data[at]
        at += 1
        if kind < 0x80:
            return kind
        width = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}.get(kind)
        if width is None:
            raise SystemExit(f"octet {at - 1} : type MessagePack {kind:#x} inattendu")
        at += width
        return int.from_bytes(data[at - width : at], "big")

    if data[0] != 0xDF:
        raise SystemExit(f"un dictionnaire MessagePack était attendu, pas {data[0]:#x}")
    count = int.from_bytes(data[1:5], "big")
    at = 5
    return {number(): number() for _ in range(count)}


def main(vectors_path, keys_path, out_path):
    progress = Progress("vecteurs de mots français", 3, unit="étapes", scale=1)
    # In double precision, so that no processor's order of summing shows in the rounded bytes.
    vectors = np.load(vectors_path).astype(np.float64)
    rows, dimensions = vectors.shape
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors / np.maximum(lengths, 1e-9)
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127.0
    rounded = np.rint(vectors / scales[:, None]).astype(np.int8)
    progress.advance(1)
    with open(keys_path, "rb") as file:
        row_of = read_map(file.read())
    if rows > 0xFFFF or max(row_of.values()) >= rows:
        raise SystemExit(f"{rows} vecteurs, et une clé pour le {max(row_of.values())}e : le fichier n'est pas celui attendu")
    progress.advance(1)
    keys = sorted(row_of)
    with open(out_path, "wb") as out:
        out.write(MAGIC + struct.pack("<III", dimensions, rows, len(keys)))
        for scale, row in zip(scales.astype("<f4"), rounded):
            out.write(scale.tobytes() + row.tobytes())
        out.write(np.array(keys, dtype="<u8").tobytes())
        out.write(np.array([row_of[key] for key in keys], dtype="<u2").tobytes())
    progress.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
