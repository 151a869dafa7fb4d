import { SuperLinkError } from '../errors/superlink-error';
import { FleetService } from '../generated/flwr/proto/fleet';
import { Metrics } from '../metrics/metrics';
import { RpcCall } from './rpc-call';
import { RpcMeter } from './rpc-meter';

const PULL = 'service="Fleet",method="PullMessages",transport="grpc"';

describe('the meter of calls', () => {
  let metrics: Metrics;
  let meter: RpcMeter;
  let client: AbortController;

  beforeEach(() => {
    metrics = new Metrics();
    meter = new RpcMeter(metrics);
    client = new AbortController();
  });

  function begin(): RpcCall {
    const call = new RpcCall(
      {
        transport: 'grpc',
        definition: FleetService.pullMessages,
        bytes: Buffer.alloc(0),
        headers: { text: () => [], binary: () => [] },
        gone: client.signal,
        origin: 'somewhere',
        onEnd: () => undefined,
        isAnswerLost: () => false,
      },
      'node',
    );
    meter.begin(call);
    return call;
  }

  async function counts(): Promise<string[]> {
    const lines = (await metrics.text()).split('\n');
    return lines.filter((line) => line.startsWith('superlink_rpc_calls_total{'));
  }

  it('counts a call and its time when it ends, and shows it until then', async () => {
    const call = begin();
    expect(await metrics.text()).toContain(`superlink_rpc_calls_in_flight{${PULL}} 1`);
    meter.end(call);
    const text = await metrics.text();
    expect(text).not.toContain('superlink_rpc_calls_in_flight{');
    expect(text).toContain(`superlink_rpc_seconds_count{${PULL}} 1`);
    expect(await counts()).toEqual([`superlink_rpc_calls_total{${PULL},code="OK"} 1`]);
  });

  it.each([
    ['the name of a refusal', new SuperLinkError('RUN_NOT_FOUND'), 'RUN_NOT_FOUND'],
    ['what a lost database is told as', { code: '08006' }, 'UNAVAILABLE'],
    ['INTERNAL for what no rule foresaw', new RangeError('x'), 'INTERNAL'],
  ])('has as code %s', async (_, error, code) => {
    meter.end(begin(), error);
    expect(await counts()).toEqual([`superlink_rpc_calls_total{${PULL},code="${code}"} 1`]);
  });

  it('says CANCELLED where an answer found nobody', async () => {
    client.abort();
    meter.end(begin());
    expect(await counts()).toEqual([`superlink_rpc_calls_total{${PULL},code="CANCELLED"} 1`]);
  });

  it('counts only the first end', async () => {
    const call = begin();
    meter.end(call, new SuperLinkError('RUN_NOT_FOUND'));
    meter.end(call);
    expect(await counts()).toEqual([`superlink_rpc_calls_total{${PULL},code="RUN_NOT_FOUND"} 1`]);
  });

  it('counts what never became a call, and measures no time of it', async () => {
    const refused = { path: FleetService.pullMessages.path, transport: 'grpc' } as const;
    meter.refused(refused, new SuperLinkError('UNSUPPORTED_CONTENT_TYPE'));
    meter.refused({ ...refused, isGone: true }, new RangeError('aborted'));
    expect(await counts()).toEqual([
      `superlink_rpc_calls_total{${PULL},code="UNSUPPORTED_CONTENT_TYPE"} 1`,
      `superlink_rpc_calls_total{${PULL},code="CANCELLED"} 1`,
    ]);
    expect(await metrics.text()).not.toContain('superlink_rpc_seconds_count{');
  });
});
