import type { ClientHttp2Session } from 'node:http2';

import { FleetService } from '../../src/generated/flwr/proto/fleet';
import { GrpcAdapterService } from '../../src/generated/flwr/proto/grpcadapter';
import { ServerAppIoService } from '../../src/generated/flwr/proto/serverappio';
import { useCluster } from '../support/cluster';
import { METRICS_FLAGS, metricsUrlOf, scrape } from '../support/metrics';
import { NodeActor } from '../support/node-actor';
import { connectRaw, framed, type RawCall, startRaw } from '../support/raw-grpc';
import { residentBytesOf } from './bad-input/resident-memory';

const MEBIBYTE = 1024 * 1024;
const LARGE = framed(Buffer.alloc(20 * MEBIBYTE));
const GIANT = framed(Buffer.alloc(140 * MEBIBYTE));
const CONNECTIONS = 6;
const CALLS_OF_EACH = 10;
/** Of 128 MiB that all may have together. */
const MOST_AT_ONCE = 6;
/** Half of what is sent; what is thrown away is collected later. */
const MOST_GROWTH_BYTES = 600 * MEBIBYTE;
const SOON = { timeout: 20_000, interval: 50 };
const UNAVAILABLE = { 'grpc-status': '14' };
/** It came whole, and was looked at. */
const UNAUTHENTICATED = { 'grpc-status': '16' };

describe('large requests over gRPC', () => {
  const cluster = useCluster({ count: 1, flags: [...METRICS_FLAGS] });
  const sessions: ClientHttp2Session[] = [];
  const dial = (api: 'fleet' | 'serverAppIo'): ClientHttp2Session => {
    const session = connectRaw(cluster.replicas[0]!.addresses[api]);
    sessions.push(session);
    return session;
  };
  const metric = async (name: string, labels: Record<string, string>): Promise<number> =>
    (await scrape(metricsUrlOf(cluster.replicas[0]!))).value(name, labels) ?? 0;

  afterEach(() => {
    for (const session of sessions.splice(0)) session.destroy();
  });

  it('are refused while they come once they take more memory than is set aside, and small ones are served', async () => {
    const before = residentBytesOf(cluster.replicas[0]!);
    const calls = [FleetService, ServerAppIoService].flatMap(({ pushObject }, index) =>
      Array.from({ length: CONNECTIONS / 2 }, () =>
        dial(index === 0 ? 'fleet' : 'serverAppIo'),
      ).flatMap((session) =>
        Array.from({ length: CALLS_OF_EACH }, () => startRaw(session, pushObject.path)),
      ),
    );
    const refused = countRefused(calls);
    for (const { stream } of calls) stream.write(LARGE.subarray(0, -1));
    await expect.poll(refused, SOON).toBeGreaterThanOrEqual(calls.length - MOST_AT_ONCE);
    expect(residentBytesOf(cluster.replicas[0]!) - before).toBeLessThan(MOST_GROWTH_BYTES);

    const node = await NodeActor.online(cluster.clients);
    expect(await node.heartbeat(10)).toBe(true);
    const withoutRoom = { urgency: 'usual', why: 'bytes' };
    expect(await metric('admission_refusals_total', withoutRoom)).toBe(refused());
  });

  it('are taken again when those before them are gone', async () => {
    const gone = Array.from({ length: MOST_AT_ONCE }, () =>
      startRaw(dial('fleet'), FleetService.pushObject.path),
    );
    for (const { stream } of gone) {
      await new Promise((written) => stream.write(LARGE.subarray(0, -1), written));
    }
    const next = startRaw(dial('fleet'), FleetService.pushObject.path);
    next.stream.end(LARGE);
    expect(await next.told).toMatchObject(UNAVAILABLE);
    for (const { stream } of gone) stream.session?.destroy();

    const pushed = async (): Promise<unknown> => {
      const { stream, told } = startRaw(dial('fleet'), FleetService.pushObject.path);
      stream.end(LARGE);
      return told;
    };
    await expect.poll(pushed, SOON).toMatchObject(UNAUTHENTICATED);
    expect(await pushed()).toMatchObject(UNAUTHENTICATED); // it has left no trace itself
  });

  it('that are larger than all of that come one at a time', async () => {
    const first = startRaw(dial('fleet'), FleetService.pushObject.path);
    first.stream.write(GIANT.subarray(0, 3)); // before its length is told
    await new Promise((written) => first.stream.write(GIANT.subarray(3, -1), written));
    const second = startRaw(dial('fleet'), GrpcAdapterService.sendReceive.path);
    second.stream.write(GIANT.subarray(0, MEBIBYTE));
    expect(await second.told).toMatchObject(UNAVAILABLE);
    const adapted = { transport: 'grpc-adapter', method: 'SendReceive', code: 'UNAVAILABLE' };
    expect(await metric('rpc_calls_total', adapted)).toBe(1);
    first.stream.end(GIANT.subarray(-1));
    expect(await first.told).toMatchObject(UNAUTHENTICATED);
  });
});

/** How many have been told UNAVAILABLE so far. */
function countRefused(calls: readonly RawCall[]): () => number {
  let refused = 0;
  for (const { told } of calls) {
    void told.then((answer) => {
      if (answer['grpc-status'] === UNAVAILABLE['grpc-status']) refused += 1;
    });
  }
  return () => refused;
}
