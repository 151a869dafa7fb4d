import type { Fault } from './fault';

/** What came of a fault that needs no federation of stock programs. */
interface Outcome {
  readonly broken: readonly string[];
  readonly told: readonly string[];
}

interface FaultWithoutRun {
  readonly id: string;
  readonly name: string;
  play(): Promise<Outcome>;
}

/** Makes a fault of what has servers of its own, and no balancer: the plan for HAProxy has it, and no other. */
export function withoutRun(alone: FaultWithoutRun): Fault {
  const { id, name } = alone;
  return {
    id,
    name,
    balancers: ['haproxy'],
    async play(_, seed) {
      const began = performance.now();
      const { broken, told } = await alone.play();
      return {
        ...{ fault: id, name, seed, passed: broken.length === 0, broken, told },
        ...{ stallSeconds: null, recoverySeconds: null, retries: null, stockStallSeconds: null },
        ...{ lost: null, doubled: null, findings: [] },
        seconds: (performance.now() - began) / 1_000,
      };
    },
  };
}
