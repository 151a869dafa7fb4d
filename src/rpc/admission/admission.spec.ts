import type { Config } from '../../config/config';
import { FleetService } from '../../generated/flwr/proto/fleet';
import { Metrics } from '../../metrics/metrics';
import type { RpcCall } from '../rpc-call';
import { Admission } from './admission';
import { Arrivals } from './arrivals';

const config = { database: { poolSize: 1 } } as Config;

describe('admission', () => {
  const arrivals = new Arrivals();
  afterAll(() => {
    arrivals.onApplicationShutdown();
  });

  it('leaves a call alone whose client went while others were let in', async () => {
    const metrics = new Metrics();
    const admission = new Admission(config, arrivals, metrics);
    const client = new AbortController();
    const definition = FleetService.pullMessages;
    const call = { definition, transport: 'http', gone: client.signal } as unknown as RpcCall;
    const entering = admission.enter(call);
    client.abort();
    await expect(entering).rejects.toMatchObject({ errorName: 'UNAVAILABLE' });
    expect(await metrics.text()).toMatch(/refusals_total\{.*why="gone".*\} 1/);
    expect(await metrics.text()).toMatch(/calls_in_work 0/);
  });
});
