"""A node that notes each message it executes and returns what it received as a digest."""

import time

from flwr.app import ConfigRecord, Context, Message, RecordDict
from flwr.clientapp import ClientApp

from toy.payload import digest_payload, make_payload

app = ClientApp()

_NOTES = "executed"


def _note(message: Message, context: Context) -> None:
    # The node keeps this state from message to message for as long as the run lasts.
    notes = context.state.config_records.get(_NOTES, ConfigRecord({"ids": []}))
    notes["ids"] = [*notes["ids"], message.metadata.message_id]
    context.state[_NOTES] = notes


@app.train()
def train(message: Message, context: Context) -> Message:
    """Execute one message: digest its arrays, wait as told, reply with arrays of its own."""
    started_at = time.time()
    _note(message, context)
    settings = context.run_config
    partition = int(context.node_config["partition-id"])
    seed = int(message.content["config"]["seed"]) + 1 + partition
    received = digest_payload(message.content["arrays"])
    time.sleep(float(settings["client-delay"]))
    arrays = make_payload(int(settings["reply-kb"]), int(settings["arrays"]), seed)
    facts = ConfigRecord(
        {
            "partition-id": partition,
            "received": received,
            "sent": digest_payload(arrays),
            "started-at": started_at,
            "ended-at": time.time(),
        }
    )
    return Message(RecordDict({"arrays": arrays, "facts": facts}), reply_to=message)


@app.query()
def report(message: Message, context: Context) -> Message:
    """The ids of all messages executed so far, one entry for each execution."""
    facts = ConfigRecord(
        {
            "partition-id": int(context.node_config["partition-id"]),
            "executed": list(context.state.config_records[_NOTES]["ids"]),
        }
    )
    return Message(RecordDict({"facts": facts}), reply_to=message)
