"""A network of one hidden layer in numpy."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from digits.data import CLASSES, PIXELS

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Parameters = list[Array]


def initial_parameters(hidden: int, seed: int) -> Parameters:
    """Small random weights (He) and zero biases."""
    random = np.random.default_rng(seed)
    return [
        random.normal(0.0, np.sqrt(2.0 / PIXELS), (PIXELS, hidden)),
        np.zeros(hidden),
        random.normal(0.0, np.sqrt(2.0 / hidden), (hidden, CLASSES)),
        np.zeros(CLASSES),
    ]


def _forward(parameters: Parameters, images: Array) -> tuple[Array, Array]:
    weights1, bias1, weights2, bias2 = parameters
    hidden = np.maximum(images @ weights1 + bias1, 0.0)
    logits = hidden @ weights2 + bias2
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return hidden, exponents / exponents.sum(axis=1, keepdims=True)


def _gradients(parameters: Parameters, images: Array, labels: Labels) -> Parameters:
    hidden, probabilities = _forward(parameters, images)
    at_logits = probabilities
    at_logits[np.arange(len(labels)), labels] -= 1.0
    at_logits /= len(labels)
    at_hidden = (at_logits @ parameters[2].T) * (hidden > 0.0)
    return [
        images.T @ at_hidden,
        at_hidden.sum(axis=0),
        hidden.T @ at_logits,
        at_logits.sum(axis=0),
    ]


def train(
    parameters: Parameters,
    images: Array,
    labels: Labels,
    *,
    epochs: int,
    batch_size: int,
    rate: float,
    seed: int,
) -> Parameters:
    """Stochastic gradient descent; the seed alone decides the order of the examples."""
    random = np.random.default_rng(seed)
    current = [array.copy() for array in parameters]
    for _ in range(epochs):
        order = random.permutation(len(labels))
        for start in range(0, len(order), batch_size):
            batch = order[start : start + batch_size]
            steps = _gradients(current, images[batch], labels[batch])
            current = [array - rate * step for array, step in zip(current, steps, strict=True)]
    return current


def accuracy(parameters: Parameters, images: Array, labels: Labels) -> float:
    """Share of the images that the model names rightly."""
    _, probabilities = _forward(parameters, images)
    return float(np.mean(probabilities.argmax(axis=1) == labels))


def average(replies: list[tuple[int, Parameters]]) -> Parameters:
    """Mean weighted by examples. The order of the sum is the list's: floats don't commute."""
    total = sum(examples for examples, _ in replies)
    shares = [[array * (examples / total) for array in arrays] for examples, arrays in replies]
    return [np.sum(np.stack(layer), axis=0) for layer in zip(*shares, strict=True)]


def fingerprint(parameters: Parameters) -> str:
    """SHA-256 over the exact bytes of all arrays."""
    digest = hashlib.sha256()
    for array in parameters:
        digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()
