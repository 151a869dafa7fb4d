import { randomBytes } from 'node:crypto';

import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { badSignatures, badTokens } from '../../integration/bad-input/bad-credentials';
import type { Headers } from '../../support/rpc-clients';
import { releaseHeaders } from '../core/script';
import { PlannedNode, type PlannedTask } from './cast';
import { methodsOfTasks, WITHOUT_TOKEN } from './methods';
import type { Episode } from './stage';

const EMPTY = Buffer.alloc(0);
/** It is of the future for a few seconds only: no call of a plan can rely on it. */
const TOO_SHORT_LIVED = 'a signature of the future';

/** Every method of Fleet with everything that is no signature of the node. */
export const badNodeCredentials: Episode = function* (stage) {
  const { script, fleet } = stage;
  const node = fleet.online();
  const names = badSignatures(node.signed()).map(([name]) => name);
  for (const [method, rpc] of Object.entries(FleetService)) {
    const memory = {};
    for (const name of names) {
      if (name === TOO_SHORT_LIVED) continue;
      script.raw(rpc, `with ${name}`, (side) => {
        const all = side.once(memory, () => badSignatures(node.signed()));
        const headers = all.find(([each]) => each === name)![1];
        return { bytes: requestOf(method, node, side.id('node', node.name)), headers };
      });
    }
    yield;
  }
  fleet.heartbeat(node);
  fleet.unregister(node);
};

/** What is asked in a node's name; the key in the body is the one that should have signed. */
function requestOf(method: string, node: PlannedNode, nodeId: bigint): Buffer {
  const { publicKey } = node;
  switch (method) {
    case 'registerNode':
      return FleetService.registerNode.requestSerialize({ publicKey });
    case 'activateNode':
      return FleetService.activateNode.requestSerialize({ publicKey, heartbeatInterval: 600 });
    case 'deactivateNode':
    case 'unregisterNode':
      return FleetService.deactivateNode.requestSerialize({ nodeId });
    default: // all others say the node in their first field
      return FleetService.pullMessages.requestSerialize({ node: { nodeId }, messageIds: [] });
  }
}

/** Every method of the task API with everything that is no token of a task. */
export const badTaskCredentials: Episode = function* (stage) {
  const { script, tasks } = stage;
  const ended = stage.runningRun();
  tasks.output(ended, 'as usual', { subStatus: 'failed' });
  const names = badTokens('00').map(([name]) => name);
  const stranger = randomBytes(128).toString('hex');
  for (const [method, rpc] of methodsOfTasks(stage.edition)) {
    if (WITHOUT_TOKEN.has(method)) continue;
    for (const name of names) {
      script.raw(rpc, `with ${name}`, (side) => {
        const [, headers] = badTokens(side.text('token', ended.name)).find(
          ([each]) => each === name,
        )!;
        return { bytes: EMPTY, headers };
      });
    }
    script.raw(rpc, 'with a token that nobody has', () => ({
      bytes: EMPTY,
      headers: { 'flwr-task-token': stranger },
    }));
    yield;
  }
};

/** `minor` is that of the stock server. */
function versionsAround(minor: number): readonly (readonly [string, Headers])[] {
  const same = releaseHeaders(`1.${minor}.0`);
  return [
    ['of the same release', same],
    ['of a release with another patch', releaseHeaders(`1.${minor}.7`)],
    ['of a later release', releaseHeaders(`1.${minor + 1}.0`)],
    ['of an older release', releaseHeaders(`1.${minor - 2}.0`)],
    ['of a release to come', releaseHeaders('2.0.0')],
    ['of a release that is none', releaseHeaders('one')],
    [
      'of a nightly build',
      { ...releaseHeaders(`1.${minor}.0.dev20260101`), 'flwr-package-name': 'flwr-nightly' },
    ],
    ['of another package', { ...same, 'flwr-package-name': 'other' }],
    ['of a release and nothing else', { 'flwr-package-version': `1.${minor}.0` }],
    ['of an empty release', releaseHeaders('')],
  ];
}

/** Callers of all releases, and of none. */
export const releases: Episode = function* (stage) {
  const { tasks, fleet } = stage;
  const app: PlannedTask = stage.runningRun();
  const node = fleet.online();
  const minor = Number(stage.script.release.split('.')[1]);
  for (const [situation, headers] of versionsAround(minor)) {
    tasks.call(tasks.api.sendTaskHeartbeat, app, situation, {
      as: (side) => ({ ...app.withToken(side), ...headers }),
      ask: () => ({}),
    });
    fleet.pull(node, situation, { as: () => ({ ...node.signed(), ...headers }) });
    yield;
  }
  stage.control.stopRun(app.run);
  fleet.unregister(node);
};
