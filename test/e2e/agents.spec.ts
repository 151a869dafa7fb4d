import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { ensureFlower, NEWEST_FLOWER } from '../../scripts/flower/stock-environment.mjs';
import { ControlService } from '../../src/generated/flwr/proto/control';
import { StartRunRequest } from '../../src/generated/flwr/proto/control_run';
import { HttpClients } from '../support/http-client';
import { useStockFederation } from '../support/use-stock-federation';
import { withContentList, writeZip } from '../support/zip-writer';
import { ModelProvider } from './model-provider';

const RUN_MILLISECONDS = 120_000;
const FILES = ['pyproject.toml', 'asker/__init__.py', 'asker/agent.py'];

function askerFab(): Buffer {
  const folder = resolve('test/e2e/agent-app');
  const entries = FILES.map((name) => ({ name, content: readFileSync(resolve(folder, name)) }));
  return writeZip(withContentList(entries));
}

describe(`a stock agent of Flower ${NEWEST_FLOWER}`, () => {
  const releases = { cli: NEWEST_FLOWER, superExec: NEWEST_FLOWER, superNodes: [] };
  const here = useStockFederation(() => Promise.resolve({ releases }));
  let provider: ModelProvider;
  let control: HttpClients;

  beforeAll(async () => {
    provider = await ModelProvider.start();
    control = new HttpClients([here.federation.proxy.addresses]);
    const flower = await ensureFlower({ version: NEWEST_FLOWER });
    const env = (home: string) => ({ ...flower.env(home), FLWR_MODEL_API_ENDPOINT: provider.url });
    here.federation.clients.startSuperExec({ flower: { ...flower, env } });
  });
  afterAll(() => {
    control.close();
    provider.close();
  });

  it('asks its model again when the replica that holds its question dies', async () => {
    const { federation } = here;
    const { clients, proxy, replicas } = federation;
    const [dying] = replicas;
    await proxy.avoid('http', 1);
    // the prompt is the one thing that `flwr run` cannot send
    const request = StartRunRequest.fromPartial({
      fab: { content: askerFab() },
      userPrompt: 'Why?',
    });
    const { runId } = await control.call(ControlService.startRun, request);
    const id = String(runId);
    await provider.firstAsked;
    await proxy.admit('http', 1);
    dying!.kill();
    await dying!.ended();
    provider.release();
    await dying!.start();
    await proxy.untilAllUp();

    const { run, result, lines } = await clients.waitForEnd(id, RUN_MILLISECONDS);
    expect(run.status, lines.join('\n')).toBe('finished:completed');
    expect(result, lines.join('\n')).toEqual({
      text: 'heard: Why?',
      tries: 2,
      events: [
        'response.created',
        'response.output_text.delta',
        'response.output_text.delta',
        'response.completed',
      ],
    });
    const questions = ['Why?', 'Why?', 'and as a stream'];
    expect(provider.asked.map(({ input }) => input)).toEqual(questions);
    expect(federation.endedClients).toEqual([]);
  });
});
