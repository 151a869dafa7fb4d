"""Federated averaging, written out so that every step has one possible result."""

import json
import time

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.serverapp import Grid, ServerApp

from digits.data import load_test_data
from digits.model import Parameters, accuracy, average, fingerprint, initial_parameters

app = ServerApp()

_NODE_POLL_SECONDS = 0.5


def _say(text: str) -> None:
    print(text, flush=True)


def _wait_for_nodes(grid: Grid, least: int) -> list[int]:
    while len(nodes := sorted(grid.get_node_ids())) < least:
        time.sleep(_NODE_POLL_SECONDS)
    return nodes


def _exchange(grid: Grid, messages: list[Message], timeout: float) -> tuple[list[Message], int]:
    """Send and wait; the good replies in the order of their partitions, and how many were not."""
    replies = list(grid.send_and_receive(messages, timeout=timeout))
    good = [reply for reply in replies if reply.has_content()]
    for reply in replies:
        if reply.has_error():
            _say(f"error reply from node {reply.metadata.src_node_id}: {reply.error.reason}")
    # Node ids are random and arrival is a race; the partition is the same in every run.
    good.sort(key=lambda reply: int(reply.content["metrics"]["partition-id"]))
    return good, len(messages) - len(good)


def _sample(grid: Grid, nodes: list[int], context: Context) -> tuple[list[int], int]:
    """The nodes in the order of their partitions, asked only if a share of them is to be drawn."""
    if float(context.run_config["fraction"]) >= 1.0:
        return nodes, 0
    messages = [Message(RecordDict(), node, "query") for node in nodes]
    replies, errors = _exchange(grid, messages, float(context.run_config["round-timeout"]))
    return [reply.metadata.src_node_id for reply in replies], errors


def _choose(nodes: list[int], fraction: float, seed: int) -> list[int]:
    if fraction >= 1.0:
        return nodes
    count = max(1, round(len(nodes) * fraction))
    return [nodes[i] for i in np.random.default_rng(seed).choice(len(nodes), count, replace=False)]


def _train_round(
    grid: Grid, nodes: list[int], parameters: Parameters, number: int, timeout: float
) -> tuple[Parameters, int, int]:
    config = ConfigRecord({"round": number})
    messages = [
        Message(
            RecordDict({"arrays": ArrayRecord(parameters), "config": config}),
            node,
            "train",
            group_id=str(number),
        )
        for node in nodes
    ]
    replies, errors = _exchange(grid, messages, timeout)
    if not replies:
        raise RuntimeError(f"round {number}: no node answered")
    results = [
        (int(reply.content["metrics"]["examples"]), reply.content["arrays"].to_numpy_ndarrays())
        for reply in replies
    ]
    return average(results), len(replies), errors


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Train for the configured rounds; the last line printed is the result as JSON."""
    settings = context.run_config
    seed, rounds = int(settings["seed"]), int(settings["rounds"])
    fraction = float(settings["fraction"])
    images, labels = load_test_data()
    parameters = initial_parameters(int(settings["hidden-units"]), seed)
    nodes = _wait_for_nodes(grid, int(settings["min-nodes"]))
    _say(f"round 0 accuracy {accuracy(parameters, images, labels)!r}")
    nodes, errors = _sample(grid, nodes, context)
    replies = 0
    for number in range(1, rounds + 1):
        _say(f"round {number} begins")
        chosen = _choose(nodes, fraction, seed + number)
        parameters, arrived, failed = _train_round(
            grid, chosen, parameters, number, float(settings["round-timeout"])
        )
        replies += arrived
        errors += failed
        _say(f"round {number} accuracy {accuracy(parameters, images, labels)!r}")
    result = {
        "accuracy": repr(accuracy(parameters, images, labels)),
        "parameters_sha256": fingerprint(parameters),
        "rounds": rounds,
        "nodes": len(nodes),
        "replies": replies,
        "errors": errors,
    }
    _say(f"RESULT {json.dumps(result)}")
