import { NodeActor } from '../support/node-actor';
import { TaskActor } from '../support/task-actor';
import { BALANCERS_OF_GRPC } from './balancers';
import type { Bench } from './bench';
import { type Disturbance, duringRun } from './during-run';
import type { Fault, Scene } from './fault';
import { PersistentClients } from './persistent-clients';

/** Far below the lease of a task. */
const BEAT_MILLISECONDS = 10_000;

/** A run beside that of the scene, through the balancer: its ServerApp and its nodes are this process, over gRPC. */
export class SideRun {
  private readonly nodes: NodeActor[] = [];
  private readonly beat: NodeJS.Timeout;
  private hasEnded = false;

  private constructor(
    private readonly clients: PersistentClients,
    readonly task: TaskActor,
  ) {
    this.beat = setInterval(() => {
      task.heartbeat().catch(() => undefined); // kept by the clients
    }, BEAT_MILLISECONDS);
  }

  /** Starts so many runs; their tasks are ours and not the stock SuperExec's. */
  static async start({ federation }: Bench, count: number): Promise<SideRun[]> {
    const sides: SideRun[] = [];
    while (sides.length < count) {
      const clients = new PersistentClients([federation.proxy.addresses]);
      sides.push(new SideRun(clients, await TaskActor.running(clients)));
    }
    return sides;
  }

  get runId(): bigint {
    return this.task.runId;
  }

  /** Calls that were answered. */
  get served(): number {
    return this.clients.served;
  }

  get retries(): number {
    return this.clients.retries;
  }

  get failures(): readonly string[] {
    return this.clients.failures;
  }

  /** From now on it calls on connections that have just been made. */
  reconnect(): void {
    this.clients.close();
  }

  /** A node that is online until the end. Before the scene's run has begun it would be taken for one of that run's. */
  async node(): Promise<NodeActor> {
    const node = await NodeActor.online(this.clients);
    this.nodes.push(node);
    return node;
  }

  /** The end of the run, of its nodes and connections; the second time nothing. */
  async end(): Promise<void> {
    if (this.hasEnded) return;
    this.hasEnded = true;
    clearInterval(this.beat);
    try {
      for (const node of this.nodes) await node.unregister();
      await this.task.output();
    } finally {
      this.clients.close();
    }
  }
}

/** A fault that meets a run of the toy and `runs` others beside it. */
export interface DisturbanceBeside extends Omit<Disturbance, 'inject'> {
  readonly runs: number;
  /** As for one run. The others end when it has resolved. */
  inject(scene: Scene, sides: readonly SideRun[]): Promise<readonly string[]>;
}

/** Makes a fault of what disturbs several runs: none of their clients may see what a stock client would not survive. */
export function besideRuns(disturbance: DisturbanceBeside): Fault {
  const { id, name, runs } = disturbance;
  return {
    id,
    name,
    balancers: BALANCERS_OF_GRPC,
    async play(start, seed) {
      const bench = await start();
      const sides = await bench.withoutSuperExec(() => SideRun.start(bench, runs));
      const endAll = (): Promise<unknown> => Promise.all(sides.map((side) => side.end()));
      const inject = async (scene: Scene): Promise<readonly string[]> => {
        const broken = await disturbance.inject(scene, sides).finally(endAll);
        const again = sides.reduce((sum, { retries }) => sum + retries, 0);
        scene.tell(`calls sent again beside: ${again}`);
        return [...broken, ...sides.flatMap(({ failures }) => failures)];
      };
      return duringRun({ ...disturbance, inject })
        .play(start, seed)
        .finally(endAll);
    },
  };
}
