"""Bytes that anyone with the seed can make again, and their digest."""

import hashlib

import numpy as np
from flwr.app import ArrayRecord

_KIBIBYTE = 1024


def make_payload(kibibytes: int, arrays: int, seed: int) -> ArrayRecord:
    """Incompressible arrays of together so many KiB."""
    random = np.random.default_rng(seed)
    size = kibibytes * _KIBIBYTE // arrays
    return ArrayRecord(
        [np.frombuffer(random.bytes(size), dtype=np.uint8) for _ in range(arrays)]
    )


def digest_payload(record: ArrayRecord) -> str:
    """SHA-256 over the contents of all arrays in their order."""
    digest = hashlib.sha256()
    for array in record.to_numpy_ndarrays():
        digest.update(array.tobytes())
    return digest.hexdigest()
