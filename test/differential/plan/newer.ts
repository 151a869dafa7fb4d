import { readFileSync } from 'node:fs';

import { GetRunSeriesEventsRequest } from '../../../src/generated/flwr/proto/app_message';
import { ControlService } from '../../../src/generated/flwr/proto/control';
import { RuntimeService } from '../../../src/generated/flwr/proto/runtime';
import { TINY_FAB } from '../../support/fab';
import { PlannedNode, PlannedTask } from './cast';
import type { Episode } from './stage';

const AGENT_FAB = readFileSync('test/fixtures/fab/guide-app.fab');
const FEDERATION = '@none/default';
const FEDERATIONS = [FEDERATION, '', '@none/other'];
const APPS = ['@harbour/echo-app', '', 'no app', '@harbour/none', '@harbour/tally-app'];

/** AcquireTask, whose server chooses: nobody else may wait while this goes on. */
export const acquisitions: Episode = function* (stage) {
  const { control, tasks } = stage;
  stage.acquire(['flwr-serverapp'], 'of nothing');
  const [one, two] = [stage.pendingRun(), stage.pendingRun()];
  stage.acquire([], 'of no type');
  stage.acquire(['flwr-model', 'flwr-clientapp'], 'of other types');
  stage.acquire(['no such type', ''], 'of unknown types');
  stage.acquire([], 'of a FAB that nobody has', ['ab'.repeat(32)]);
  stage.acquire(['flwr-serverapp', 'flwr-serverapp'], 'of the oldest');
  stage.acquire(['flwr-model', 'flwr-serverapp'], 'of the next');
  stage.acquire(['flwr-serverapp'], 'of nothing');
  tasks.input(one);
  tasks.input(two);
  control.stopRun(one.run);
  control.stopRun(two.run);
  yield;
};

/** Runs of agents, and what belongs to their series. */
export const agents: Episode = function* (stage) {
  const { script, control, tasks } = stage;
  const agent = { fab: { content: AGENT_FAB } };
  control.startRun(script.name('run'), 'of an agent without a prompt', () => agent);
  control.startRun(script.name('run'), 'of an agent with a blank prompt', () => ({
    ...agent,
    userPrompt: '  ',
  }));
  const run = script.name('run');
  control.startRun(run, 'of an agent', () => ({ ...agent, userPrompt: 'what  is\nthis?' }));
  const task = new PlannedTask(run, run);
  stage.acquire(['flwr-agentapp'], 'of an agent');
  tasks.input(task, 'of an agent');
  tasks.pull(task, () => [], 'of an agent with its prompt');
  tasks.events(task, ['{"a":1}', '{"b":2}'], 'of an agent');
  yield;
  for (const [situation, request] of EVENT_REQUESTS) {
    tasks.call(RuntimeService.getRunSeriesEvents, task, situation, {
      ask: () => GetRunSeriesEventsRequest.fromPartial(request),
    });
  }
  control.series(run, 'of an agent');
  control.listRun(run, 'of an agent');
  tasks.output(task, 'of an agent');
  yield;
};

const EVENT_REQUESTS: readonly (readonly [
  string,
  Parameters<typeof GetRunSeriesEventsRequest.fromPartial>[0],
])[] = [
  ['of all', {}],
  ['of a type', { eventTypes: ['event 1'] }],
  ['of an unknown type', { eventTypes: ['none'] }],
  ['of the last', { lastN: 1 }],
  ['after the last', { afterEventId: 2n ** 62n }],
  ['before the first', { beforeEventId: 1n }],
];

/** Contexts that agents keep of what was said before. */
export const compactedContexts: Episode = function* (stage) {
  const { tasks } = stage;
  const [app, foreign] = [stage.runningRun(), stage.runningRun()];
  const put = (situation: string, text: string, throughEventId: bigint, of = app): void => {
    tasks.call(RuntimeService.putCompactedContext, app, situation, {
      ask: (side) => ({
        context: {
          id: 0n,
          seriesId: side.id('series', of.run),
          throughEventId,
          text,
          createdAt: '',
          tokenCount: 3n,
        },
      }),
    });
  };
  const get = (situation: string, limit?: number): void => {
    tasks.call(RuntimeService.getCompactedContexts, app, situation, {
      ask: () => ({ limit, beforeContextId: undefined }),
    });
  };
  get('of none');
  put('as usual', 'short', 1n);
  put('again', 'short', 1n);
  put('of the same event with another text', 'other', 1n);
  put('of a later event', 'shorter', 2n);
  put('without text', '', 3n);
  put('of another series', 'short', 4n, foreign);
  yield;
  get('as usual');
  get('up to 5', 5);
  get('up to none', 0);
  tasks.call(RuntimeService.putCompactedContext, app, 'of nothing', {
    ask: () => ({ context: undefined }),
  });
  stage.control.stopRun(app.run);
  stage.control.stopRun(foreign.run);
};

/** Apps of federations, icons, and tokens without accounts. */
export const newerControl: Episode = function* ({ script, control }) {
  for (const federationId of FEDERATIONS) {
    const situation = `of the federation "${federationId}"`;
    script.call(ControlService.listApps, situation, {
      ask: () => ({ federationId, limit: undefined }),
    });
    for (const iconKey of ['icon', '', undefined]) {
      script.call(ControlService.setFederationIcon, `${situation}, ${iconKey ?? 'none'}`, {
        ask: () => ({ federationName: federationId, iconKey }),
      });
    }
    for (const appId of APPS) {
      const parts = { ask: () => ({ federationId, appId }) };
      script.call(ControlService.addApp, `${situation}, "${appId}"`, parts);
      script.call(ControlService.removeApp, `${situation}, "${appId}"`, parts);
    }
    yield;
  }
  for (const appId of APPS) {
    script.call(ControlService.listAppAssociations, `of "${appId}"`, { ask: () => ({ appId }) });
  }
  for (const refreshToken of ['', 'token']) {
    script.call(ControlService.refreshAuthTokens, `of "${refreshToken}"`, {
      ask: () => ({ refreshToken }),
    });
  }
  yield;
  const places = ['Berlin', '', 'x'.repeat(300)];
  for (const location of places) {
    const node = new PlannedNode(script.name('node'));
    script.call(ControlService.registerNode, `at a place of ${location.length} characters`, {
      ask: () => ({ publicKey: node.publicKey, location, name: 'a name' }),
      take: (side, { nodeId }) => side.learn('node', node.name, nodeId),
    });
    control.unregisterNode(node.name, `at a place of ${location.length} characters`);
  }
  control.startRun(script.name('run'), 'of an app that is not there', () => ({
    fab: { hashStr: 'ab'.repeat(32) },
    appSpec: '@harbour/none',
  }));
  control.startRun(script.name('run'), 'with an unknown connector id', () => ({
    fab: { content: TINY_FAB },
    connectorIds: [7n],
  }));
};
