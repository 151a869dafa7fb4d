import { GrpcWire } from './core/grpc-wire';
import { play } from './core/play';
import { totalsOf } from './core/report';
import { type Servers, startServers } from './core/servers';
import { Side } from './core/side';
import { verdictOn } from './core/verdict';
import { CONTROL_OVER_GRPC } from './expected/grpc-control';
import { FLEET_OVER_GRPC } from './expected/grpc-fleet';
import { TASKS_OVER_GRPC } from './expected/grpc-tasks';
import { planFor, RELEASES } from './plan/plan';

const LEAST_CALLS = 2_000;
const EXPLANATIONS = [...FLEET_OVER_GRPC, ...TASKS_OVER_GRPC, ...CONTROL_OVER_GRPC];

describe('gRPC beside stock 1.33.0', () => {
  let servers: Servers;
  beforeAll(async () => {
    servers = await startServers(RELEASES.grpc);
  });
  afterAll(async () => servers.stop());

  it('is the same but for what docs/protocol.md explains', async () => {
    const wires = [new GrpcWire(servers.theirs), new GrpcWire(servers.ours)] as const;
    const [theirs, ours] = wires.map((wire) => new Side(wire));
    const played = await play(planFor('grpc'), theirs!, ours!);
    for (const wire of wires) wire.close();
    const { summary, ...verdict } = verdictOn(played, EXPLANATIONS);
    process.stdout.write(`${totalsOf(played)}\n${summary}\n`);
    expect(played.length).toBeGreaterThanOrEqual(LEAST_CALLS);
    expect(verdict).toEqual({ unexplained: [], unseen: [], undocumented: [] });
  });
});
