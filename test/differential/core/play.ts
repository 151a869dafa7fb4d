import { setTimeout as pause } from 'node:timers/promises';

import type { StreamLogsResponse } from '../../../src/generated/flwr/proto/control_run';
import { type Difference, differenceOf, type Outcome } from './difference';
import { normalForm } from './normal-form';
import type { Step } from './script';
import type { Side } from './side';
import type { RpcShape, Seen } from './wire';

/** A step with what both sides answered. */
export interface Played {
  /** Service and method, e.g. `Fleet.PullMessages`. */
  readonly rpc: string;
  readonly situation: string;
  readonly theirs: Outcome;
  readonly ours: Outcome;
  readonly difference: Difference | undefined;
}

/** Plays the plan on both sides in step: a call starts when both have answered the one before. */
export async function play(
  steps: readonly Step[],
  theirs: Side,
  ours: Side,
): Promise<readonly Played[]> {
  const played: Played[] = [];
  for (const step of steps) {
    if (step.pauseMilliseconds > 0) await pause(step.pauseMilliseconds);
    const [their, our] = await Promise.all([outcomeOn(theirs, step), outcomeOn(ours, step)]);
    played.push({
      rpc: nameOf(step.rpc),
      situation: step.situation,
      theirs: their,
      ours: our,
      difference: differenceOf(their, our),
    });
  }
  return played;
}

/** `/flwr.proto.Fleet/PullMessages` is `Fleet.PullMessages`. */
export function nameOf({ path }: RpcShape): string {
  return path.replace('/flwr.proto.', '').replace('/', '.');
}

async function outcomeOn(side: Side, step: Step): Promise<Outcome> {
  const { rpc, connection } = step;
  const seen = await side.wire.send({ rpc, connection, ...step.make(side) });
  if (seen.outcome !== 'OK') return { status: seen.outcome, answer: null, text: seen.text };
  const answer = answerOf(rpc, seen);
  step.take?.(side, answer as never);
  return { status: 'OK', answer: normalForm(side, answer), text: '' };
}

/** The message; of a stream what it said as a whole, however it was cut into messages. */
function answerOf(rpc: RpcShape, { messages, isOpen }: Seen): unknown {
  const decoded = messages.map((bytes) => rpc.responseDeserialize(bytes));
  if (!rpc.responseStream) return decoded[0];
  if (!rpc.path.endsWith('/StreamLogs')) return { messages: decoded, isOpen };
  const log = (decoded as StreamLogsResponse[]).map(({ logOutput }) => logOutput).join('');
  return { log, isOpen };
}
