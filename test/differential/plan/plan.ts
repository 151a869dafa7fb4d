import { Random, SEED } from '../../integration/bad-input/random';
import { Script, type Step } from '../core/script';
import { childTasks, taskEvents, taskMessages } from './children';
import { badStarts, goodStarts, lists, registeredNodes, seriesViews } from './control';
import { badNodeCredentials, badTaskCredentials, releases } from './credentials';
import { httpFaults } from './http-faults';
import { absentNodes, oddInstructions, oddLists, oddReplies } from './messages';
import { mutants } from './mutants';
import { acquisitions, agents, compactedContexts, newerControl } from './newer';
import { keysOfOthers, nodeLife, strangeNodes } from './node-lives';
import { objectsOfApps, objectsOfNodes, sharedObjects } from './objects';
import { noMessages } from './payloads';
import { automations, connectors, federations } from './refusals';
import { repeatsOfNodes, repeatsOfTasks } from './repeats';
import { wholeRun } from './rounds';
import { runLife } from './run-lives';
import { type Edition, type Episode, Stage } from './stage';

/** Every part with how often it comes. */
const PARTS: readonly (readonly [Episode, number])[] = [
  [wholeRun, 8],
  [nodeLife, 10],
  [strangeNodes, 2],
  [runLife, 16],
  [oddInstructions, 1],
  [oddLists, 1],
  [oddReplies, 1],
  [absentNodes, 2],
  [repeatsOfNodes, 2],
  [repeatsOfTasks, 2],
  [objectsOfApps, 2],
  [objectsOfNodes, 2],
  [sharedObjects, 2],
  [childTasks, 3],
  [taskMessages, 1],
  [taskEvents, 1],
  [badStarts, 1],
  [goodStarts, 1],
  [lists, 1],
  [registeredNodes, 1],
  [federations, 1],
  [connectors, 1],
  [automations, 1],
  [badNodeCredentials, 1],
  [badTaskCredentials, 1],
  [releases, 1],
  [noMessages, 1],
  [mutants, 1],
];

/** What comes at the end, since it leaves the sides with different things in their lists. */
const LAST_PARTS: readonly Episode[] = [keysOfOthers];

/** Of releases that are newer than 1.33. */
const NEWER_PARTS: typeof PARTS = [
  [seriesViews, 1],
  [acquisitions, 2],
  [agents, 1],
  [compactedContexts, 1],
  [newerControl, 1],
  [httpFaults, 1],
];

/** Whose clients the plan plays. */
export const RELEASES: Readonly<Record<Edition, string>> = { grpc: '1.33.0', http: '1.42.0' };

/** How many parts go on beside each other. */
const AT_ONCE = 2;

/** The plan of a seed: always the same calls in the same order. */
export function planFor(edition: Edition, seed = SEED): readonly Step[] {
  const random = new Random(seed);
  const script = new Script(random, RELEASES[edition]);
  const stage = new Stage(script, edition);
  const waiting = shuffled(
    [...PARTS, ...(edition === 'http' ? NEWER_PARTS : [])].flatMap(([part, count]) =>
      Array<Episode>(count).fill(part),
    ),
    random,
  );
  const going: Generator<void>[] = [];
  while (going.length > 0 || waiting.length > 0) {
    while (going.length < AT_ONCE && waiting.length > 0) going.push(waiting.pop()!(stage));
    const place = random.below(going.length);
    if (going[place]!.next().done === true) going.splice(place, 1);
  }
  for (const part of LAST_PARTS) Array.from(part(stage));
  return script.steps;
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const left = [...items];
  const order: Item[] = [];
  while (left.length > 0) order.push(...left.splice(random.below(left.length), 1));
  return order;
}
