"""The 1,797 digits that scikit-learn ships, and how they are dealt out to the nodes."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CLASSES = 10
PIXELS = 64
_BRIGHTEST = 16.0
_TEST_EVERY = 5


def _load() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    # Finding the package runs none of it: importing scikit-learn would cost a second a message.
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise ImportError("The digits ship with scikit-learn: pip install --no-deps scikit-learn")
    table = np.loadtxt(
        Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=","
    )
    return table[:, :PIXELS] / _BRIGHTEST, table[:, PIXELS].astype(np.int64)


def load_test_data() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Every fifth digit: the server keeps these, no node sees them."""
    images, labels = _load()
    return images[::_TEST_EVERY], labels[::_TEST_EVERY]


def load_partition(
    partition: int, partitions: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """One node's share of the other digits, shuffled with a seed that all nodes know."""
    images, labels = _load()
    training = np.flatnonzero(np.arange(len(labels)) % _TEST_EVERY != 0)
    mine = np.random.default_rng(seed).permutation(training)[partition::partitions]
    return images[mine], labels[mine]
