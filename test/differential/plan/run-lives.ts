import { type PlannedNode, PlannedTask } from './cast';
import type { Episode, Stage } from './stage';

type State = 'pending' | 'claimed' | 'running' | 'finished' | 'stopped';

const STEPS_OF_A_LIFE = 24;

const LEASED: ReadonlySet<State> = new Set<State>(['claimed', 'running']);

interface Life {
  readonly stage: Stage;
  readonly run: PlannedTask;
  readonly state: State;
}

type Act = (life: Life, situation: string) => State;

/** What may come to a run in any state, and the state that follows. */
const ACTS: readonly Act[] = [
  ({ stage, run, state }, situation) => {
    stage.tasks.input(run, situation);
    return state === 'claimed' ? 'running' : state;
  },
  ({ stage, run, state }, situation) => {
    stage.tasks.heartbeat(run, situation);
    return state;
  },
  ({ stage, run, state }, situation) => {
    stage.tasks.logs(run, [`${stage.script.name('line ')}\n`], situation);
    return state;
  },
  ({ stage, run, state }, situation) => {
    stage.tasks.events(run, ['{"a":1}'], situation);
    return state;
  },
  ({ stage, run, state }, situation) => {
    stage.tasks.usage(run, situation);
    return state;
  },
  ({ stage, run, state }, situation) => {
    stage.tasks.pull(run, () => [], situation);
    return state;
  },
  ({ stage, run, state }, situation) => {
    stage.tasks.hear(run, situation);
    return state;
  },
  ({ stage, run, state }, situation) => {
    stage.control.listRun(run.run, situation);
    return state;
  },
  ({ stage, run, state }, situation) => {
    stage.control.series(run.run, situation);
    return state;
  },
  ({ stage, run, state }, situation) => {
    stage.control.artifacts(run.run, situation);
    return state;
  },
];

const CLAIM: Act = ({ stage, run }, situation) => {
  stage.handOut(run, situation);
  return 'claimed';
};

/** What ends a run, wherever it stands. */
const ENDS: readonly Act[] = [
  ({ stage, run, state }, situation) => {
    stage.control.stopRun(run.run, situation);
    return state === 'finished' ? state : 'stopped';
  },
  ({ stage, run, state }, situation) => {
    const subStatus = stage.script.pick(['failed', 'stopped']);
    stage.tasks.output(run, situation, { subStatus, details: 'it ended' });
    return state === 'claimed' || state === 'running' ? 'finished' : state;
  },
  ({ stage, run, state }, situation) => {
    if (state === 'finished') return state; // the last call, sent again: `repeats` has that
    stage.tasks.output(run, situation, { subStatus: 'completed' });
    return state === 'running' ? 'finished' : state;
  },
];

/** Everything that can be asked of a run and its app, before, while and after it runs. */
export const runLife: Episode = function* (stage) {
  const { script } = stage;
  const node = stage.fleet.online();
  const run = stage.pendingRun();
  let state: State = 'pending';
  const claimAt = stage.edition === 'http' ? 0 : script.random.below(5);
  const endAt = STEPS_OF_A_LIFE - 4 - script.random.below(8);
  for (let count = 0; count < STEPS_OF_A_LIFE; count += 1) {
    const acts = count >= endAt ? ENDS : count === claimAt ? [CLAIM] : ACTS;
    state = script.pick(acts)({ stage, run, state }, `while the run is ${state}`);
    // on a slow machine the lease of a task could end
    if (count % 6 === 0 && LEASED.has(state)) stage.tasks.heartbeat(run, 'to stay alive');
    if (script.chance(20)) askAsNode(stage, node, run.run, state);
    yield;
  }
  if (state === 'pending' || LEASED.has(state)) stage.control.stopRun(run.run, 'at the end');
  stage.control.logs(run.run, 'at the end');
  stage.control.events(run.run, 'at the end');
  stage.fleet.unregister(node);
};

function askAsNode({ fleet }: Stage, node: PlannedNode, run: string, state: State): void {
  fleet.getRun(node, run, `while the run is ${state}`);
  fleet.getFab(node, run, `while the run is ${state}`);
}
