import 'reflect-metadata';

import { once } from 'node:events';

import { explainStartFailure } from './start-failure';
import type { ReplicaOrder, ReplicaReport } from './supervisor';

/** Entry of each process that the supervisor starts: serves what it is told until SIGTERM. */
async function main(): Promise<number> {
  // Ctrl-C reaches all processes of the terminal; the supervisor alone decides
  process.on('SIGINT', () => undefined);
  const stopping = new AbortController();
  const stop = new Promise<void>((resolve) => {
    // it may come twice, from the supervisor and to the whole group: the second must not cut the drain
    process.on('SIGTERM', () => {
      stopping.abort();
      resolve();
    });
  });
  const [{ config }] = await order();
  const { runReplica } = await import('./run-replica.js');
  const number = String(config.log.replicaNumber);
  const say = (line: string) => process.stderr.write(`superlink: replica ${number}: ${line}\n`);
  try {
    const replica = await runReplica(config, say, stopping.signal);
    report({ state: 'ready' });
    await stop;
    return await replica.stop();
  } catch (error) {
    if (error === stopping.signal.reason) return 0; // it waited for the database
    throw error;
  }
}

async function order(): Promise<[ReplicaOrder]> {
  const given = once(process, 'message');
  report({ state: 'idle' });
  return (await given) as [ReplicaOrder];
}

function report(message: ReplicaReport): void {
  process.send?.(message);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.send?.(
      { state: 'failed', reason: explainStartFailure(error) } satisfies ReplicaReport,
      () => process.exit(1),
    );
  },
);
