import { once } from 'node:events';
import { request } from 'node:http';

import { FleetService } from '../../src/generated/flwr/proto/fleet';
import { useCluster } from '../support/cluster';
import { METRICS_FLAGS, metricsUrlOf, scrape } from '../support/metrics';
import { connectRaw, framed, startRaw } from '../support/raw-grpc';

const MEBIBYTE = 1024 * 1024;
const HALF = 60 * MEBIBYTE;
const LARGE = framed(Buffer.alloc(HALF));

describe('an upload whose machine has lost its power', () => {
  const cluster = useCluster({ count: 1, flags: [...METRICS_FLAGS] });

  it('shuts others out for 30 s, and is given up then, over gRPC and over HTTP', async () => {
    const [replica] = cluster.replicas;
    const [host, port] = replica!.addresses.http.split(':');
    const session = connectRaw(replica!.addresses.fleet);
    onTestFinished(() => session.destroy());
    const push = (): ReturnType<typeof startRaw> => startRaw(session, FleetService.pushObject.path);
    const overGrpc = push();
    const overHttp = request({
      ...{ host, port, method: 'POST', path: '/v1/fleet/push-object', agent: false },
      headers: { 'content-type': 'application/protobuf', 'content-length': HALF },
    });
    const cut = once(overHttp, 'error');
    await Promise.all([
      new Promise((written) => overGrpc.stream.write(LARGE.subarray(0, -1), written)),
      new Promise((written) => overHttp.write(Buffer.alloc(HALF - 1), written)),
    ]);
    const before = push();
    before.stream.end(LARGE);
    expect(await before.told).toMatchObject({ 'grpc-status': '14' });

    expect(await overGrpc.told).toMatchObject({ 'grpc-status': '14' });
    expect(await cut).toMatchObject([{ code: 'ECONNRESET' }]);
    const after = push();
    after.stream.end(LARGE);
    expect(await after.told).toMatchObject({ 'grpc-status': '16' }); // it came whole
    const metrics = await scrape(metricsUrlOf(replica!));
    expect(metrics.value('admission_refusals_total', { why: 'silent' })).toBe(2);
    const cutOff = { transport: 'http', method: 'PushObject', code: 'UNAVAILABLE' };
    expect(metrics.value('rpc_calls_total', cutOff)).toBe(1);
  });
});
