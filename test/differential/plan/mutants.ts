import { createFileRegistry, type DescMessage } from '@bufbuild/protobuf';

import { type BadInput, mutationsOf } from '../../integration/bad-input/mutations';
import { Random, SEED } from '../../integration/bad-input/random';
import { ourDescriptors } from '../../wire/descriptor-sources';
import { ANY_RPC, Script, type Step } from '../core/script';
import { PlannedMessage, type PlannedNode, PlannedTask } from './cast';
import { type Episode, OBJECTS, Stage } from './stage';

const MUTANTS_OF_EACH = 8;
/** Slow, and the same code for all of them. */
const LEFT_OUT = new Set(['1 MB', '1 MB of noise', 'a long list of the same', 'a key of 1 MB']);

/** Everybody whose requests are spoilt; made anew for each RPC, as a spoilt request may have an effect. */
interface Cast {
  readonly node: PlannedNode;
  readonly app: PlannedTask;
  readonly other: PlannedTask;
  readonly instruction: PlannedMessage;
}

/** Puts one good call into the plan of `stage`: it is spoilt, and never sent as it is. */
type Good = (stage: Stage, cast: Cast) => void;

const OF_NODES: readonly Good[] = [
  ({ fleet }, { node }) => fleet.activate(node),
  ({ fleet }, { node }) => fleet.heartbeat(node),
  ({ fleet }, { node }) => fleet.pull(node),
  ({ fleet }, { node }) => fleet.deactivate(node),
  ({ fleet }, { node, app }) => fleet.getRun(node, app.run),
  ({ fleet }, { node, app }) => fleet.getFab(node, app.run),
  ({ fleet, script }, { node, instruction }) =>
    fleet.push(node, PlannedMessage.reply(script.name('reply'), instruction)),
  ({ fleet }, { node, app, instruction }) =>
    fleet.pullObject(node, app.run, (side) => instruction.id(side)),
  ({ fleet }, { node, app }) => fleet.confirm(node, app.run, () => 'ab'.repeat(32)),
  ({ fleet }, { node, app, instruction: message }) =>
    fleet.pushObject(node, { message, place: 0, run: app.run, session: () => '' }),
];

const OF_TASKS: readonly Good[] = [
  ({ tasks }, { app, instruction }) => tasks.push(app, [instruction]),
  ({ tasks }, { app, instruction }) => tasks.pushObject(app, instruction, 0),
  ({ tasks }, { app, instruction }) => tasks.pullObject(app, (side) => instruction.id(side)),
  ({ tasks }, { app }) => tasks.confirm(app, () => 'ab'.repeat(32)),
  ({ tasks }, { app }) => tasks.logs(app, ['a line\n']),
  ({ tasks }, { app }) => tasks.events(app, ['{}']),
  ({ tasks }, { app }) => tasks.usage(app),
  ({ tasks, script }, { app, other }) => tasks.tell(app, other, script.name('of task ')),
  ({ tasks }, { app }) => tasks.hear(app, undefined, 3n),
  ({ tasks }, { app, other }) =>
    tasks.createTask(app, other, { type: 'flwr-model', modelRef: 'm' }),
  ({ tasks }, { app }) => tasks.output(app, undefined, { details: 'why', clientappRuntime: 1.5 }),
];

const OF_PEOPLE: readonly Good[] = [
  ({ control }, { app }) => control.stopRun(app.run),
  ({ control }, { app }) => control.listRun(app.run),
  ({ control }, { app }) => control.series(app.run),
  ({ control }, { app }) => control.artifacts(app.run),
  ({ control }, { node }) => control.unregisterNode(node.name),
  ({ control }) => control.stopAutomation('nowhere'),
  ({ control }) => control.listAutomations(undefined, '@none/default'),
];

const inputs = new Map<string, DescMessage>();

/** Requests that are good but for one field. */
export const mutants: Episode = function* (stage) {
  for (const good of [...OF_NODES, ...OF_TASKS, ...OF_PEOPLE]) {
    const cast = castFor(stage);
    const aside = new Script(stage.script.random, stage.script.release);
    good(new Stage(aside, stage.edition), cast);
    const step = aside.steps[0]!;
    for (const input of someOf(step)) {
      stage.script.raw(step.rpc, situationOf(input), (side) => {
        const { bytes, headers } = step.make(side);
        return { bytes: input.of(bytes), headers };
      });
    }
    stage.control.stopRun(cast.app.run, 'at the end');
    yield;
  }
};

/** The field matters, unless what is wrong with it is wrong everywhere. */
function situationOf({ field, what }: BadInput): string {
  return EVERYWHERE[what] ?? `with ${field} = ${what}`;
}

const EVERYWHERE: Readonly<Record<string, string>> = {
  'no UTF-8': `${ANY_RPC} with text that is no UTF-8`,
  'half a surrogate pair': `${ANY_RPC} with text that is no UTF-8`,
  'a NUL': `${ANY_RPC} with a NUL`,
};

function castFor(stage: Stage): Cast {
  const { script, fleet, tasks } = stage;
  const node = fleet.online();
  const app = stage.runningRun();
  const other = new PlannedTask(script.name('task'), app.run);
  const instruction = PlannedMessage.instruction(script.name('message'), app.run, node);
  tasks.send(app, [instruction], OBJECTS);
  return { node, app, other, instruction };
}

/** Chosen by the RPC's name: they stay the same whatever else is in the plan. */
function someOf({ rpc }: Step): BadInput[] {
  const random = new Random(SEED + Buffer.from(rpc.path).reduce((sum, byte) => sum + byte));
  const all = mutationsOf(inputOf(rpc.path), []).filter(({ what }) => !LEFT_OUT.has(what));
  return Array.from({ length: Math.min(MUTANTS_OF_EACH, all.length) }, () => {
    const place = random.below(all.length);
    return all.splice(place, 1)[0]!;
  });
}

function inputOf(path: string): DescMessage {
  if (inputs.size === 0) {
    for (const type of createFileRegistry(ourDescriptors())) {
      if (type.kind !== 'service') continue;
      for (const { name, input } of type.methods) inputs.set(`/${type.typeName}/${name}`, input);
    }
  }
  return inputs.get(path)!;
}
