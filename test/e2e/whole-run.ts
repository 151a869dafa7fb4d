import type { ToyResult } from '../../scripts/flower/federation.mjs';
import { waitUntil } from '../../scripts/flower/ports.mjs';
import type { Ledger } from '../support/ledger';
import type { StockFederation } from '../support/stock-federation';

const CLEANED_MILLISECONDS = 60_000;
/** Of the log, shown when the run failed. */
const LAST_LINES = 40;
const NOTHING_LEFT = { instructions: 0, replies: 0, objects: 0, sessions: 0 };

/** What the log of the toy has exactly once each. */
const MILESTONE = /^(round \d+ (begins|took)|RESULT)/;

/**
 * Expects of an ended run of the toy that it was completed with nothing lost or doubled: by the app's own counts, in
 * its log and in the database. Resolves with the app's result.
 */
export async function expectWholeRun(
  { clients, nodeCount }: Pick<StockFederation, 'clients' | 'nodeCount'>,
  ledger: Ledger,
  runId: string,
  rounds: number,
): Promise<ToyResult> {
  const { run, result, lines } = await clients.outcome(runId);
  expect(run.status, lines.slice(-LAST_LINES).join('\n')).toBe('finished:completed');
  expect(result).toMatchObject({ replies: nodeCount * rounds, errors: [], lost: 0, doubled: 0 });
  expectWholeLog(lines, rounds);
  // One more to each node: the app asks it what it has executed.
  const messages = nodeCount * (rounds + 1);
  expect(await ledger.messages(runId)).toEqual({
    sent: messages,
    sentOnce: messages,
    confirmed: messages,
    answered: messages,
    answeredOnce: messages,
  });
  expect(await leftBehind(ledger, runId)).toEqual(NOTHING_LEFT);
  return result!;
}

/** Expects of the log of an ended run of the toy that nothing of it is missing or there twice. */
export function expectWholeLog(lines: readonly string[], rounds: number): void {
  const numbers = Array.from({ length: rounds }, (_, index) => index + 1);
  expect(lines.flatMap((line) => MILESTONE.exec(line)?.[0] ?? [])).toEqual([
    ...numbers.flatMap((round) => [`round ${round} begins`, `round ${round} took`]),
    'RESULT',
  ]);
}

/** A log as the CLI printed it, without the lines that the CLI itself adds and the empty one at the end. */
export function linesOfApp(lines: readonly string[]): string[] {
  const own = lines.filter((line) => !/^Using SuperLink|logstream/.test(line));
  return own.at(-1) === '' ? own.slice(0, -1) : own;
}

/** The rows that are left when housekeeping has had its time. */
async function leftBehind(ledger: Ledger, runId: string): Promise<Record<string, number>> {
  let left: Record<string, number> = {};
  const isClean = async (): Promise<boolean> => {
    left = await ledger.leftBehind(runId);
    return Object.values(left).every((count) => count === 0);
  };
  const limits = { timeoutMs: CLEANED_MILLISECONDS };
  await waitUntil(`an end of the rows of run ${runId}`, isClean, limits).catch(() => false);
  return left;
}
