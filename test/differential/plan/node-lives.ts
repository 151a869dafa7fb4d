import { PlannedNode } from './cast';
import type { Episode, Stage } from './stage';

type State = 'unknown' | 'registered' | 'online' | 'offline' | 'unregistered';

const STEPS_OF_A_LIFE = 26;

interface Life {
  readonly stage: Stage;
  readonly node: PlannedNode;
  readonly state: State;
}

/** What a node may do in any state, and the state that follows. */
const ACTS: readonly ((life: Life) => State)[] = [
  ({ stage: { fleet }, node, state }) => {
    fleet.register(node, `by a node that is ${state}`);
    return state === 'unknown' ? 'registered' : state;
  },
  ({ stage: { fleet }, node, state }) => {
    fleet.activate(node, `by a node that is ${state}`);
    return isKnown(state) ? 'online' : state;
  },
  ({ stage: { fleet }, node, state }) => {
    fleet.heartbeat(node, `by a node that is ${state}`);
    return isKnown(state) ? 'online' : state;
  },
  ({ stage: { fleet }, node, state }) => {
    fleet.deactivate(node, `by a node that is ${state}`);
    return state === 'online' ? 'offline' : state;
  },
  ({ stage: { fleet }, node, state }) => {
    fleet.pull(node, `by a node that is ${state}`);
    return state;
  },
  ({ stage: { fleet, script }, node, state }) => {
    const interval = script.pick([0, -1, 9.99, 1_800.01, Number.NaN, Infinity, 1e300]);
    fleet.activate(node, `with a bad interval by a node that is ${state}`, interval);
    return state;
  },
  ({ stage: { fleet, script }, node, state }) => {
    const interval = script.pick([0, -1, 9.99, 1_800.01, Number.NaN, Infinity, 1e300]);
    fleet.heartbeat(node, `with a bad interval by a node that is ${state}`, interval);
    return state;
  },
];

/** A node does what it likes. Its state stays the same on both sides. */
export const nodeLife: Episode = function* (stage) {
  const { script, fleet, control } = stage;
  const node = new PlannedNode(script.name('node'));
  let state: State = 'unknown';
  for (let count = 0; count < STEPS_OF_A_LIFE; count += 1) {
    state = script.pick(ACTS)({ stage, node, state });
    if (count === STEPS_OF_A_LIFE / 2) control.listNodes();
    if (count === STEPS_OF_A_LIFE - 6) {
      fleet.unregister(node, `by a node that is ${state}`);
      if (isKnown(state)) state = 'unregistered';
    }
    yield;
  }
};

function isKnown(state: State): boolean {
  return state !== 'unknown' && state !== 'unregistered';
}

/** Keys that did not sign: where they are taken they are in every list of nodes from then on. */
export const keysOfOthers: Episode = function* ({ script, fleet }) {
  const keys: readonly (readonly [string, Buffer])[] = [
    ['did not sign', new PlannedNode('victim').publicKey],
    ['is noise', Buffer.from('noise')],
    ['is empty', Buffer.alloc(0)],
  ];
  for (const [what, key] of keys) {
    fleet.register(new PlannedNode(script.name('node')), `of a key that ${what}`, key);
    yield;
  }
};

/** Nodes that reach for each other, and keys that are not whose they should be. */
export const strangeNodes: Episode = function* ({ script, fleet }) {
  const one = fleet.online();
  const other = fleet.online();
  const stranger = new PlannedNode(script.name('node'));
  yield;
  fleet.deactivate(other, 'of another node', one.signed);
  fleet.unregister(other, 'of another node', one.signed);
  fleet.pull(other, 'for another node', { as: one.signed });
  fleet.pull(stranger, 'by a key that nobody has registered');
  fleet.pull(other, 'with the key of nobody', { as: stranger.signed });
  fleet.heartbeat(new PlannedNode('nobody'), 'by a key that nobody has registered');
  yield;
  const border = new PlannedNode(script.name('node'));
  fleet.register(border);
  for (const interval of [10, 1_800, 10.5]) {
    fleet.activate(border, 'with an interval at the border', interval);
    fleet.heartbeat(border, 'with an interval at the border', interval);
    fleet.deactivate(border);
  }
  yield;
  for (const node of [one, other, border]) fleet.unregister(node);
};
