"""Sends payloads round by round and checks that each was executed once and came unaltered."""

import hashlib
import json
import time

from flwr.app import ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.serverapp import Grid, ServerApp

from toy.payload import digest_payload, make_payload

app = ServerApp()

_NODE_POLL_SECONDS = 0.5
_SEEDS_A_ROUND = 1_000_000


def _say(text: str) -> None:
    print(text, flush=True)


class Tally:
    """What a run has seen so far."""

    def __init__(self) -> None:
        self.sent: dict[int, list[str]] = {}
        self.replies = 0
        self.errors: list[str] = []
        self.trips: list[dict[str, object]] = []
        self.checksum = hashlib.sha256()
        self.checksums: list[str] = []

    def exchange(self, grid: Grid, messages: list[Message], timeout: float) -> list[Message]:
        """Send and wait; the good replies by partition, all others are noted as errors."""
        replies = list(grid.send_and_receive(messages, timeout=timeout))
        missing = len(messages) - len(replies)
        self.errors += [f"{missing} replies missing"] if missing else []
        self.errors += [reply.error.reason for reply in replies if reply.has_error()]
        good = [reply for reply in replies if reply.has_content()]
        return sorted(good, key=lambda reply: int(reply.content["facts"]["partition-id"]))


def _wait_for_nodes(grid: Grid, least: int) -> list[int]:
    while len(nodes := sorted(grid.get_node_ids())) < least:
        time.sleep(_NODE_POLL_SECONDS)
    return nodes


def _messages(nodes: list[int], arrays: ArrayRecord, seed: int, number: int) -> list[Message]:
    config = ConfigRecord({"seed": seed})
    return [
        Message(
            RecordDict({"arrays": arrays, "config": config}),
            node,
            "train",
            group_id=str(number),
        )
        for node in nodes
    ]


def _check_reply(reply: Message, payload_digest: str, tally: Tally) -> None:
    facts = reply.content["facts"]
    if facts["received"] != payload_digest:
        tally.errors.append(f"node {reply.metadata.src_node_id} received other bytes than were sent")
    if facts["sent"] != digest_payload(reply.content["arrays"]):
        tally.errors.append(f"node {reply.metadata.src_node_id} sent other bytes than arrived")
    tally.checksum.update(f"{facts['partition-id']}{facts['received']}{facts['sent']}".encode())


def _play_round(
    grid: Grid, nodes: list[int], number: int, context: Context, tally: Tally
) -> None:
    settings = context.run_config
    seed = int(settings["seed"]) + number * _SEEDS_A_ROUND
    arrays = make_payload(int(settings["payload-kb"]), int(settings["arrays"]), seed)
    messages = _messages(nodes, arrays, seed, number)
    sent_at = time.time()
    replies = tally.exchange(grid, messages, float(settings["round-timeout"]))
    received_at = time.time()
    for message in messages:
        node = message.metadata.dst_node_id
        tally.sent.setdefault(node, []).append(message.metadata.message_id)
    payload_digest = digest_payload(arrays)
    for reply in replies:
        _check_reply(reply, payload_digest, tally)
        tally.replies += 1
        facts = reply.content["facts"]
        tally.trips.append(
            {
                "round": number,
                "message_id": reply.metadata.reply_to_message_id,
                "partition": facts["partition-id"],
                "sent_at": sent_at,
                "client_started_at": facts["started-at"],
                "client_ended_at": facts["ended-at"],
                "received_at": received_at,
            }
        )
    tally.checksums.append(tally.checksum.hexdigest())
    _say(f"round {number} took {received_at - sent_at:.3f} s")


def _count_executions(
    grid: Grid, nodes: list[int], timeout: float, tally: Tally
) -> tuple[int, int]:
    """Ask every node what it executed: how many messages never, how many more than once."""
    lost = doubled = 0
    queries = [Message(RecordDict(), node, "query", group_id="report") for node in nodes]
    for reply in tally.exchange(grid, queries, timeout):
        executed = list(reply.content["facts"]["executed"])
        sent = tally.sent[reply.metadata.src_node_id]
        lost += sum(1 for message_id in sent if executed.count(message_id) == 0)
        doubled += sum(1 for message_id in sent if executed.count(message_id) > 1)
    return lost, doubled


@app.main()
def main(grid: Grid, context: Context) -> None:
    """Play the rounds; the last line printed is the result as JSON."""
    settings = context.run_config
    rounds = int(settings["rounds"])
    nodes = _wait_for_nodes(grid, int(settings["min-nodes"]))
    tally = Tally()
    began_at = time.time()
    for number in range(1, rounds + 1):
        _say(f"round {number} begins")
        _play_round(grid, nodes, number, context, tally)
    rounds_ended_at = time.time()
    lost, doubled = _count_executions(
        grid, nodes, float(settings["round-timeout"]), tally
    )
    result = {
        "checksum": tally.checksum.hexdigest(),
        # of the rounds so far, after each round
        "checksums": tally.checksums,
        "rounds": rounds,
        "nodes": len(nodes),
        "replies": tally.replies,
        "errors": tally.errors,
        "lost": lost,
        "doubled": doubled,
        "rounds_seconds": rounds_ended_at - began_at,
        "trips": tally.trips,
    }
    _say(f"RESULT {json.dumps(result)}")
    if tally.errors or lost or doubled:
        raise RuntimeError(f"{len(tally.errors)} errors, {lost} lost, {doubled} doubled")
