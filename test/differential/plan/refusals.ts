import { ControlService } from '../../../src/generated/flwr/proto/control';
import { TINY_FAB } from '../../support/fab';
import { PlannedNode } from './cast';
import type { Episode, Stage } from './stage';

const FEDERATION = '@none/default';
const FEDERATIONS = [FEDERATION, '', '@none/other', 'default', 'a b', '1a'];
const NEVER = '2999-01-01T00:00:00+00:00';

/** Changes to federations, which open SuperLinks refuse. */
export const federations: Episode = function* (stage) {
  const { script, fleet } = stage;
  const node = new PlannedNode(script.name('node'));
  stage.control.registerNode(node.name, node.publicKey);
  script.call(ControlService.listFederations, 'as usual', { ask: () => ({}) });
  for (const federationName of FEDERATIONS) {
    const situation = `of the federation "${federationName}"`;
    const named = { ask: () => ({ federationName }) };
    script.call(ControlService.showFederation, situation, named);
    script.call(ControlService.archiveFederation, situation, named);
    script.call(ControlService.acceptInvitation, situation, named);
    script.call(ControlService.rejectInvitation, situation, named);
    script.call(ControlService.createFederation, situation, {
      ask: () => ({ federationName, description: 'new', simulation: false }),
    });
    script.call(ControlService.removeAccountFromFederation, situation, {
      ask: () => ({ federationName, accountName: 'none' }),
    });
    script.call(ControlService.configureSimulationFederation, situation, {
      ask: () => ({ federationName, config: undefined }),
    });
    const invitation = { ask: () => ({ federationName, inviteeAccountName: 'somebody' }) };
    script.call(ControlService.createInvitation, situation, invitation);
    script.call(ControlService.revokeInvitation, situation, invitation);
    for (const [what, name] of [
      ['a node', node.name],
      ['an unknown node', 'nowhere'],
    ] as const) {
      const member = {
        ask: (side: Parameters<typeof node.id>[0]) => ({
          federationName,
          nodeId: side.id('node', name),
        }),
      };
      script.call(ControlService.addNodeToFederation, `${situation}, ${what}`, member);
      script.call(ControlService.removeNodeFromFederation, `${situation}, ${what}`, member);
    }
    yield;
  }
  script.call(ControlService.listInvitations, 'as usual', { ask: () => ({}) });
  script.call(ControlService.removeAccountFromFederation, 'of nobody', {
    ask: () => ({ federationName: FEDERATION, accountName: undefined }),
  });
  stage.control.unregisterNode(node.name);
  fleet.pull(node, 'by a node that was unregistered');
};

/** Connectors and log-in, without a provider of either. */
export const connectors: Episode = function* ({ script }) {
  for (const federation of ['', FEDERATION, '@none/other']) {
    script.call(ControlService.listConnectors, `of the federation "${federation}"`, {
      ask: () => ({ federation }),
    });
  }
  for (const connectorRef of ['', ' ', 'no-such', 'github', 'gmail', 'Google']) {
    const situation = `of "${connectorRef}"`;
    script.call(ControlService.beginConnectorOAuth, situation, {
      ask: () => ({ connectorRef, redirectUri: 'http://localhost/', federation: '' }),
    });
    script.call(ControlService.disconnectConnector, situation, {
      ask: () => ({ connectorRef, connectorId: 0n, federation: '' }),
    });
    yield;
  }
  script.call(ControlService.beginConnectorOAuth, 'without an address', {
    ask: () => ({ connectorRef: 'no-such', redirectUri: ' ', federation: '' }),
  });
  for (const state of ['', 'no such state']) {
    script.call(ControlService.completeConnectorOAuth, `in the state "${state}"`, {
      ask: () => ({ oauthSessionId: 'none', code: 'code', state }),
    });
  }
  script.call(ControlService.getLoginDetails, 'as usual', { ask: () => ({}) });
  for (const deviceCode of ['', 'code']) {
    script.call(ControlService.getAuthTokens, `for the code "${deviceCode}"`, {
      ask: () => ({ deviceCode }),
    });
  }
  yield;
};

const AUTOMATIONS: readonly (readonly [string, Parameters<Stage['control']['automate']>[2]])[] = [
  ['without a request', () => ({ startAt: NEVER })],
  ['without a series', () => ({ startRunRequest: { fab: { content: TINY_FAB } }, startAt: NEVER })],
  ['of an unknown series', () => ({ startRunRequest: { seriesId: 7n }, startAt: NEVER })],
  ['of the series 0', () => ({ startRunRequest: { seriesId: 0n }, startAt: NEVER })],
];

type Times = Parameters<Stage['control']['automate']>[2] extends (side: never) => infer Parts
  ? Parts
  : never;

const TIMES: readonly (readonly [string, Times])[] = [
  ['at a time', { startAt: NEVER }],
  ['at a time elsewhere', { startAt: '2999-01-01T00:00:00+05:30' }],
  ['at a time without a zone', { startAt: '2999-01-01T00:00:00' }],
  ['at a time of UTC', { startAt: '2999-01-01T00:00:00Z' }],
  ['at a time that is none', { startAt: 'tomorrow' }],
  ['at a day', { startAt: '2999-01-01' }],
  ['at no time', { startAt: '' }],
  ['again and again', { startAt: NEVER, fixedInterval: 60n }],
  ['again and again at once', { startAt: NEVER, fixedInterval: 0n }],
  ['again after ages', { startAt: NEVER, fixedInterval: 2n ** 63n }],
  ['again after an age', { startAt: NEVER, fixedInterval: 2n ** 63n - 1n }],
  ['twice without an interval', { startAt: NEVER, maxRuns: 2 }],
  ['twice', { startAt: NEVER, maxRuns: 2, fixedInterval: 5n }],
  ['never', { startAt: NEVER, maxRuns: 0 }],
  ['once', { startAt: NEVER, maxRuns: 1 }],
];

/** Automations whose time never comes, started by people and by apps. */
export const automations: Episode = function* (stage) {
  const { script, control, tasks } = stage;
  const app = stage.runningRun();
  const names: string[] = [];
  const name = (): string => {
    names.push(script.name('automation'));
    return names.at(-1)!;
  };
  for (const [situation, requestOn] of AUTOMATIONS) {
    control.automate(name(), situation, requestOn);
    tasks.automate(app, name(), situation, requestOn);
  }
  yield;
  for (const [situation, times] of TIMES) {
    const requestOn: Parameters<Stage['control']['automate']>[2] = (side) => ({
      startRunRequest: { fab: { content: TINY_FAB }, seriesId: side.id('series', app.run) },
      ...times,
    });
    control.automate(name(), situation, requestOn);
    tasks.automate(app, name(), situation, requestOn);
    yield;
  }
  control.listAutomations();
  for (const federation of [FEDERATION, '@none/other']) {
    control.listAutomations(`of the federation "${federation}"`, federation);
  }
  for (const each of names) control.stopAutomation(each);
  control.stopAutomation('nowhere', 'that nobody knows');
  control.stopAutomation(names.at(-1)!, 'again');
  control.listAutomations('after they were stopped');
  control.stopRun(app.run);
};
