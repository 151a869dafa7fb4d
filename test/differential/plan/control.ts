import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { ControlService } from '../../../src/generated/flwr/proto/control';
import { ListRunSeriesRequest } from '../../../src/generated/flwr/proto/control_series';
import { TINY_FAB } from '../../support/fab';
import { withContentList, writeZip } from '../../support/zip-writer';
import type { Side } from '../core/side';
import { PlannedNode, PlannedTask } from './cast';
import type { StartRunParts } from './control-calls';
import type { Episode, Stage } from './stage';

const TALLY_FAB = readFileSync('test/fixtures/fab/tally-app.fab');
const FEDERATION = '@none/default';
const FEDERATIONS = [FEDERATION, '', '@none/other', 'default', '@nobody/default', 'a b', '1a'];

const fabOf = (pyproject: string): Buffer =>
  writeZip(withContentList([{ name: 'pyproject.toml', content: Buffer.from(pyproject) }]));

const app = (lines: string, components = 'serverapp = "a:b", clientapp = "c:d"'): string =>
  `[project]\n${lines}\n[tool.flwr.app]\npublisher = "me"\ncomponents = { ${components} }\n`;

const NAMED = 'name = "app"\nversion = "1.0"';
const text = (value: string): StartRunParts => ({
  overrideConfig: new Map([['label', { scalar: { $case: 'string', value } }]]),
});

/** FABs and requests that start no run. */
const BAD_STARTS: readonly (readonly [string, (side: Side) => StartRunParts])[] = [
  ['of nothing', () => ({ fab: undefined })],
  ['of a FAB without content', () => ({ fab: { content: Buffer.alloc(0) } })],
  ['of an unknown hash', () => ({ fab: { hashStr: 'ab'.repeat(32) } })],
  ['of a FAB that is no ZIP', () => ({ fab: { content: Buffer.from('no ZIP') } })],
  ['of a FAB that is cut', () => ({ fab: { content: TINY_FAB.subarray(0, 200) } })],
  ['of a FAB without a pyproject.toml', () => ({ fab: { content: zipOf('other.toml', '') } })],
  ['of a FAB without TOML', () => ({ fab: { content: fabOf('= no TOML') } })],
  ['of a FAB without a name', () => ({ fab: { content: fabOf(app('version = "1.0"')) } })],
  ['of a FAB without a version', () => ({ fab: { content: fabOf(app('name = "app"')) } })],
  [
    'of a FAB without a ServerApp',
    () => ({ fab: { content: fabOf(app(NAMED, 'clientapp = "c:d"')) } }),
  ],
  [
    'of a FAB without a ClientApp',
    () => ({ fab: { content: fabOf(app(NAMED, 'serverapp = "a:b"')) } }),
  ],
  ['of a FAB that is too large', () => ({ fab: { content: Buffer.alloc(10 * 1024 * 1024 + 1) } })],
  ['with a key of the configuration that the app has not', () => text('a')],
  ['into an unknown series', () => ({ seriesId: 7n })],
  ['into the series 0', () => ({ seriesId: 0n })],
  ['in an unknown federation', () => ({ federation: '@none/other' })],
  ['in a federation that is none', () => ({ federation: 'no federation' })],
  ['with a blank connector', () => ({ connectorRefs: ['  '] })],
  ['with an unknown connector', () => ({ connectorRefs: ['no-such'] })],
  ['of an app specification that is none', () => ({ fab: undefined, appSpec: 'no specification' })],
];

function zipOf(name: string, content: string): Buffer {
  return writeZip(withContentList([{ name, content: Buffer.from(content) }]));
}

/** Runs that cannot be started. */
export const badStarts: Episode = function* ({ script, control }) {
  for (const [situation, partsOn] of BAD_STARTS) {
    control.startRun(script.name('run'), situation, partsOn);
    yield;
  }
};

/** Runs that are started in every good way, and found again. */
export const goodStarts: Episode = function* (stage) {
  const { script, control } = stage;
  const first = script.name('run');
  control.startRun(first, 'of an app with a configuration', () => ({
    fab: { content: TALLY_FAB },
  }));
  settle(stage, first);
  yield;
  const ways: readonly (readonly [string, (side: Side) => StartRunParts])[] = [
    ['with a hash that lies', () => ({ fab: { content: TINY_FAB, hashStr: 'ab'.repeat(32) } })],
    ['with a value for the app', () => ({ fab: { content: TALLY_FAB }, ...text('mine') })],
    ['in the series of another run', (side) => ({ seriesId: side.id('series', first) })],
    ['in a federation by its name', () => ({ federation: FEDERATION })],
    [
      'with verifications',
      () => ({ fab: { content: TINY_FAB, verifications: new Map([['a', 'b']]) } }),
    ],
    ['with a prompt', () => ({ userPrompt: 'hello' })],
    [
      'with a configuration of simulations',
      () => ({ overrideFederationConfig: { numSupernodes: 3 } }),
    ],
  ];
  for (const [situation, partsOn] of ways) {
    const run = script.name('run');
    control.startRun(run, situation, partsOn);
    settle(stage, run);
    yield;
  }
  const known = script.name('run');
  const hash = 'by the hash of a FAB that is there';
  control.startRun(known, hash, () => ({ fab: { hashStr: hashOf(TALLY_FAB) } }));
  control.stopRun(known, hash);
  control.series(first, 'of several runs');
  control.stopRun('nowhere', 'that nobody knows');
  control.logs('nowhere', 'that nobody knows');
  control.events('nowhere', 'that nobody knows');
  control.artifacts('nowhere', 'that nobody knows');
  control.listRun('nowhere', 'that nobody knows');
  control.series('nowhere', 'that nobody knows');
};

/** Hands the run out, looks at its input and stops it. */
function settle(stage: Stage, run: string): void {
  const task = new PlannedTask(run, run);
  stage.handOut(task);
  stage.tasks.input(task);
  stage.control.listRun(run);
  stage.control.stopRun(run);
}

function hashOf(fab: Buffer): string {
  return createHash('sha256').update(fab).digest('hex');
}

/** Lists of runs and of series. */
export const lists: Episode = function* (stage) {
  const { script, control } = stage;
  for (let count = 0; count < 3; count += 1) {
    const app = stage.runningRun();
    control.stopRun(app.run);
  }
  control.listRuns('of all');
  for (const limit of [1n, 2n, 2n ** 32n]) control.listRuns(`up to ${limit}`, { limit });
  control.listRuns('up to none', { limit: 0n });
  yield;
  const list = (
    situation: string,
    request: Parameters<typeof ListRunSeriesRequest.fromPartial>[0],
  ): void => {
    script.call(ControlService.listRunSeries, situation, {
      ask: () => ListRunSeriesRequest.fromPartial(request),
    });
  };
  list('of all', {});
  for (const limit of [1, 2, 2 ** 31, 2 ** 32 - 1]) list(`up to ${limit}`, { limit });
  list('up to none', { limit: 0 });
  list('before a time', { updatedBefore: '2999-01-01T00:00:00+00:00' });
  list('before an early time', { updatedBefore: '2020-01-01T00:00:00+00:00' });
  for (const updatedBefore of ['now', '', '2999-01-01', '2999-01-01T00:00:00']) {
    list(`before the time "${updatedBefore}"`, { updatedBefore });
  }
  for (const federationId of FEDERATIONS)
    list(`of the federation "${federationId}"`, { federationId });
};

/** The series of a run, its events and its description. */
export const seriesViews: Episode = function* (stage) {
  const { script, control } = stage;
  const app = stage.runningRun();
  stage.tasks.events(app, ['{"a":1}']);
  stage.tasks.output(app);
  const of = (run: string, situation: string): void => {
    script.call(ControlService.listRunSeriesEvents, situation, {
      ask: (side) => ({ seriesId: side.id('series', run) }),
    });
    for (const description of ['', ' ', 'a description', 'x'.repeat(80), 'x'.repeat(81)]) {
      script.call(
        ControlService.updateRunSeriesDescription,
        `${situation}, ${description.length} characters`,
        { ask: (side) => ({ seriesId: side.id('series', run), description }) },
      );
    }
  };
  of(app.run, 'of a run');
  yield;
  of('nowhere', 'that nobody knows');
  control.series(app.run);
};

/** SuperNodes that the command line registers. */
export const registeredNodes: Episode = function* ({ script, control, fleet }) {
  const node = new PlannedNode(script.name('node'));
  control.registerNode(node.name, node.publicKey);
  control.registerNode(node.name, node.publicKey, 'again');
  fleet.register(node, 'of a key of the command line');
  fleet.pull(node, 'by a node of the command line');
  fleet.activate(node, 'by a node of the command line');
  control.listNodes('of a node of the command line');
  yield;
  control.unregisterNode(node.name);
  control.unregisterNode(node.name, 'again');
  control.registerNode(node.name, node.publicKey, 'of a key that was unregistered');
  control.unregisterNode('nowhere', 'that nobody knows');
  fleet.pull(node, 'by a node that was unregistered');
  const other = new PlannedNode(script.name('node'));
  control.registerNode(other.name, other.publicKey);
  fleet.unregister(other, 'by a node of the command line');
  control.unregisterNode(other.name, 'that has tried to unregister itself');
  const self = fleet.online();
  control.unregisterNode(self.name, 'that registered itself');
  yield;
  const keys: readonly (readonly [string, Buffer])[] = [
    ['noise', Buffer.from('noise')],
    ['nothing', Buffer.alloc(0)],
    ['RSA', pemOf('rsa')],
    ['Ed25519', pemOf('ed25519')],
    ['P-256', pemOf('P-256')],
    ['the curve of Bitcoin', pemOf('secp256k1')],
  ];
  for (const [what, key] of keys) {
    const name = script.name('node');
    control.registerNode(name, key, `of a key of ${what}`);
    control.unregisterNode(name, `with a key of ${what}`);
  }
};

function pemOf(kind: string): Buffer {
  const { publicKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : kind === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: kind });
  return Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
}
