"""Asks a model through the Runtime API with nothing but the standard library."""

import json
import os
import urllib.error
import urllib.request

from flwr.agentapp import AgentApp, AgentSession
from flwr.app import Context

# As often as OpenAI's own client sends a request again when its answer is lost.
TRIES = 3

app = AgentApp()


def ask(text, stream):
    """Return the answer's bytes and how often it took to get them."""
    request = urllib.request.Request(
        os.environ["FLWR_RUNTIME_BASE_URL"] + "/responses",
        data=json.dumps({"model": "test/model", "input": text, "stream": stream}).encode(),
        headers={
            "Authorization": "Bearer " + os.environ["FLWR_RUNTIME_API_KEY"],
            "Content-Type": "application/json",
        },
    )
    for tries in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.read().decode(), tries
        except (urllib.error.URLError, ConnectionError):
            if tries == TRIES:
                raise


@app.main()
def main(agent: AgentSession, context: Context) -> None:
    """Ask what the agent was asked."""
    answer, tries = ask(agent.prompt, stream=False)
    stream, _ = ask("and as a stream", stream=True)
    names = [line[7:] for line in stream.split("\n") if line.startswith("event: ")]
    text = json.loads(answer)["output"][0]["content"][0]["text"]
    print("RESULT " + json.dumps({"text": text, "tries": tries, "events": names}), flush=True)
