import { HttpWire } from './core/http-wire';
import { play } from './core/play';
import { totalsOf } from './core/report';
import { type Servers, startServers } from './core/servers';
import { Side } from './core/side';
import { verdictOn } from './core/verdict';
import { CONTROL_OVER_HTTP } from './expected/http-control';
import { FLEET_OVER_HTTP } from './expected/http-fleet';
import { TASKS_OVER_HTTP } from './expected/http-tasks';
import { planFor, RELEASES } from './plan/plan';

const LEAST_CALLS = 2_000;
const EXPLANATIONS = [...FLEET_OVER_HTTP, ...TASKS_OVER_HTTP, ...CONTROL_OVER_HTTP];

describe('HTTP beside stock 1.42.0', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers(RELEASES.http);
  });
  afterAll(async () => servers.stop());

  it('is the same but for what docs/protocol.md explains', async () => {
    const wires = [new HttpWire(servers.theirs), new HttpWire(servers.ours)] as const;
    const [theirs, ours] = wires.map((wire) => new Side(wire));
    const played = await play(planFor('http'), theirs!, ours!);
    for (const wire of wires) wire.close();
    const { summary, ...verdict } = verdictOn(played, EXPLANATIONS);
    process.stdout.write(`${totalsOf(played)}\n${summary}\n`);
    expect(played.length).toBeGreaterThanOrEqual(LEAST_CALLS);
    expect(verdict).toEqual({ unexplained: [], unseen: [], undocumented: [] });
  });
});
