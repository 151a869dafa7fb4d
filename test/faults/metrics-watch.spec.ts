import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { MetricsWatch, type Sign } from './metrics-watch';

const ENDS: Sign = { name: 'run_ends_total', labels: { outcome: 'failed' } };

describe('a watch over metrics', () => {
  let server: Server;
  let url: string;
  let ends: number;
  let scraped: Promise<void>;

  beforeEach(async () => {
    ends = 0;
    let tell: () => void;
    scraped = new Promise((resolve) => (tell = resolve));
    server = createServer((_, response) => {
      response.end(`superlink_run_ends_total{outcome="failed"} ${ends}\n`, tell);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  });
  afterEach(() => server.close());

  it('sees what was counted after its last scrape but one', async () => {
    const watch = new MetricsWatch([url], [ENDS]);
    await scraped;
    ends = 1;
    await watch.stop();
    expect(watch.seen).toEqual(new Set([ENDS]));
  });

  it('sees nothing where nothing was counted', async () => {
    ends = 1;
    const watch = new MetricsWatch([url], [ENDS]);
    await scraped;
    await watch.stop();
    expect(watch.seen).toEqual(new Set());
  });
});
