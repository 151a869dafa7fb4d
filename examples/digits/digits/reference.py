"""The same training without Flower, in one process: what a faultless run has to arrive at.

Run with the number of nodes as its argument; prints the result as the ServerApp prints its own.
"""

import json
import sys
from pathlib import Path

from digits.data import load_partition, load_test_data
from digits.model import accuracy, average, fingerprint, initial_parameters, train

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def learn(settings: dict[str, int | float], nodes: int) -> dict[str, object]:
    """All nodes train in every round, as with `fraction = 1.0`."""
    seed = int(settings["seed"])
    parameters = initial_parameters(int(settings["hidden-units"]), seed)
    for number in range(1, int(settings["rounds"]) + 1):
        results = []
        for partition in range(nodes):
            images, labels = load_partition(partition, nodes, seed)
            trained = train(
                parameters,
                images,
                labels,
                epochs=int(settings["local-epochs"]),
                batch_size=int(settings["batch-size"]),
                rate=float(settings["learning-rate"]),
                seed=seed + 1000 * number + partition,
            )
            results.append((len(labels), trained))
        parameters = average(results)
    return {
        "accuracy": repr(accuracy(parameters, *load_test_data())),
        "parameters_sha256": fingerprint(parameters),
    }


if __name__ == "__main__":
    project = Path(__file__).parent.parent / "pyproject.toml"
    config = tomllib.loads(project.read_text(encoding="utf-8"))["tool"]["flwr"]["app"]["config"]
    print(json.dumps(learn(config, int(sys.argv[1]))))
