"""What a node does with a message: train on its own digits."""

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from digits.data import load_partition
from digits.model import train as train_model

app = ClientApp()


def _partition(context: Context) -> tuple[int, int]:
    config = context.node_config
    return int(config["partition-id"]), int(config["num-partitions"])


@app.query()
def introduce(message: Message, context: Context) -> Message:
    """Tell the server which partition this node holds."""
    partition, _ = _partition(context)
    content = RecordDict({"metrics": MetricRecord({"partition-id": partition})})
    return Message(content, reply_to=message)


@app.train()
def train(message: Message, context: Context) -> Message:
    """Train from the server's parameters; reply with the new ones."""
    settings = context.run_config
    partition, partitions = _partition(context)
    seed = int(settings["seed"])
    images, labels = load_partition(partition, partitions, seed)
    round_number = int(message.content["config"]["round"])
    parameters = train_model(
        message.content["arrays"].to_numpy_ndarrays(),
        images,
        labels,
        epochs=int(settings["local-epochs"]),
        batch_size=int(settings["batch-size"]),
        rate=float(settings["learning-rate"]),
        seed=seed + 1000 * round_number + partition,
    )
    metrics = MetricRecord({"partition-id": partition, "examples": len(labels)})
    content = RecordDict({"arrays": ArrayRecord(parameters), "metrics": metrics})
    return Message(content, reply_to=message)
