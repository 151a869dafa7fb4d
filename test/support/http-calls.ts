import { httpPathOf } from '../../src/rpc/http/http-path';
import type { Addresses } from './replicas';
import type { Headers, UnaryMethod } from './rpc-clients';

/** Unary calls over HTTP, as clients from 1.35 on make them; each goes to the next replica in turn. */
export class HttpCalls {
  private next = 0;

  constructor(private readonly replicas: readonly Addresses[]) {}

  /** Rejects with an HttpRefusal unless the status is 200. */
  async call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const { http } = this.replicas[this.next % this.replicas.length]!;
    this.next += 1;
    const response = await fetch(`http://${http}${httpPathOf(method.path)}`, {
      method: 'POST',
      headers: { ...textOf(headers), 'content-type': 'application/protobuf' },
      body: new Uint8Array(method.requestSerialize(request)),
      ...(signal !== undefined && { signal }),
    });
    if (response.status !== 200) throw new HttpRefusal(response.status, await response.text());
    return method.responseDeserialize(Buffer.from(await response.arrayBuffer()));
  }
}

/** `412 3002`: status and number of the catalogue, if it has one. */
export class HttpRefusal extends Error {
  constructor(status: number, body: string) {
    const number = /^\{"code":(\d+)/.exec(body)?.[1];
    super(number === undefined ? String(status) : `${status} ${number}`);
  }
}

/** As `outcomeOf`, of a call over HTTP. */
export async function httpOutcomeOf(answer: Promise<unknown>): Promise<string> {
  return answer.then(
    () => 'OK',
    (error: unknown) => (error as Error).message,
  );
}

function textOf(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : value.toString('base64'),
    ]),
  );
}
