import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

interface Asked {
  readonly input: string;
  readonly stream: boolean;
}

/** A language model's HTTP API for one test. Its answer to the first request waits until `release`. */
export class ModelProvider {
  readonly asked: Asked[] = [];
  private readonly server = createServer((request, response) => {
    void this.answer(request, response);
  });
  private tellAsked!: () => void;
  private tellReleased!: () => void;
  /** Resolves when the first request has come. */
  readonly firstAsked = new Promise<void>((resolve) => {
    this.tellAsked = resolve;
  });
  private readonly released = new Promise<void>((resolve) => {
    this.tellReleased = resolve;
  });

  static async start(): Promise<ModelProvider> {
    const provider = new ModelProvider();
    provider.server.listen(0, '127.0.0.1');
    await once(provider.server, 'listening');
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/responses`;
  }

  release(): void {
    this.tellReleased();
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = (await json(request)) as Asked;
    this.asked.push(asked);
    if (this.asked.length === 1) {
      this.tellAsked();
      await this.released;
    }
    if (asked.stream) tellEvents(response);
    else {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(wholeAnswer(`heard: ${asked.input}`)));
    }
  }
}

function wholeAnswer(text: string): object {
  const content = [{ type: 'output_text', text, annotations: [] }];
  return {
    ...{ id: 'resp_1', object: 'response', status: 'completed', model: 'test/model' },
    output: [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }],
    usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
  };
}

function tellEvents(response: ServerResponse): void {
  response.setHeader('content-type', 'text/event-stream');
  const whole = wholeAnswer('ab');
  const events = [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
    { type: 'response.output_text.delta', delta: 'a' },
    { type: 'response.output_text.delta', delta: 'b' },
    { type: 'response.completed', response: whole },
  ];
  for (const [index, event] of events.entries()) {
    const data = JSON.stringify({ ...event, sequence_number: index });
    response.write(`event: ${event.type}\ndata: ${data}\n\n`);
  }
  response.end();
}
