import { ControlService } from '../../../src/generated/flwr/proto/control';
import type { RemoveAppRequest } from '../../../src/generated/flwr/proto/control_app';
import { StartAutomationRequest } from '../../../src/generated/flwr/proto/control_automation';
import { StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import { ListRunSeriesRequest } from '../../../src/generated/flwr/proto/control_series';
import { TINY_FAB } from '../../support/fab';
import { NodeActor } from '../../support/node-actor';
import type { RpcClients, UnaryMethod } from '../../support/rpc-clients';
import { startRun } from '../../support/task-actor';
import { EMPTY, request, type Sample, sample, type Samples, SOUND_WHEN_FLIPPED } from './sample';

/** What is looked at when the automation's time has come. */
export const FREE_IN_AUTOMATION = [
  'start_at',
  'fixed_interval',
  'start_run_request.fab',
  'start_run_request.fab.hash_str',
  'start_run_request.fab.verifications',
  'start_run_request.fab.content',
  'start_run_request.override_config',
  'start_run_request.override_federation_config.*',
  'start_run_request.app_spec',
  'start_run_request.federation',
  'start_run_request.series_id',
  'start_run_request.user_prompt',
  'start_run_request.connector_ids',
  'start_run_request.connector_refs',
];

/** An automation of a series whose time never comes. */
export function automationOf(seriesId: bigint): StartAutomationRequest {
  return StartAutomationRequest.fromPartial({
    startRunRequest: { seriesId, fab: { content: TINY_FAB } },
    startAt: '2999-01-01T00:00:00+00:00',
  });
}

const federationId = '@none/default';
const HUB_APP = '@flwrlabs/flwr-agent';

/** An app that a run has just been started of. */
async function appToRemove(
  clients: RpcClients,
  method: UnaryMethod<RemoveAppRequest, unknown>,
): Promise<Sample> {
  await startRun(clients);
  return request(method, { federationId, appId: '@harbour/echo-app' });
}

export const CONTROL_SAMPLES: Samples<typeof ControlService> = {
  acceptInvitation: EMPTY,
  addApp: sample(() => request(ControlService.addApp, { federationId, appId: HUB_APP })),
  addNodeToFederation: sample(({ node: { nodeId } }) =>
    request(ControlService.addNodeToFederation, { federationName: '@none/default', nodeId }),
  ),
  archiveFederation: EMPTY,
  beginConnectorOAuth: EMPTY,
  completeConnectorOAuth: EMPTY,
  configureSimulationFederation: EMPTY,
  createFederation: EMPTY,
  createInvitation: EMPTY,
  deleteApp: sample(({ clients }) => appToRemove(clients, ControlService.deleteApp)),
  disconnectConnector: EMPTY,
  getAuthTokens: EMPTY,
  getLoginDetails: EMPTY,
  getRunSeries: sample(({ finishedRun: { seriesId } }) =>
    request(ControlService.getRunSeries, { seriesId }),
  ),
  listAppAssociations: sample(() =>
    request(ControlService.listAppAssociations, { appId: HUB_APP }),
  ),
  listApps: sample(() => request(ControlService.listApps, { federationId, limit: 10n })),
  listAutomations: EMPTY,
  listConnectors: EMPTY,
  listFederations: EMPTY,
  listInvitations: EMPTY,
  listNodes: EMPTY,
  listRunSeries: sample(() =>
    request(ControlService.listRunSeries, ListRunSeriesRequest.fromPartial({ limit: 10 })),
  ),
  listRunSeriesEvents: sample(({ finishedRun: { seriesId } }) =>
    request(ControlService.listRunSeriesEvents, { seriesId }),
  ),
  listRuns: sample(({ finishedRun: { runId } }) => request(ControlService.listRuns, { runId })),
  pullArtifacts: EMPTY,
  registerNode: sample(
    ({ clients }) => {
      const { publicKey } = new NodeActor(clients);
      return request(ControlService.registerNode, { publicKey });
    },
    ['name'], // whatever it is called
  ),
  rejectInvitation: EMPTY,
  refreshAuthTokens: EMPTY,
  removeAccountFromFederation: EMPTY,
  removeApp: sample(({ clients }) => appToRemove(clients, ControlService.removeApp)),
  removeNodeFromFederation: EMPTY,
  revokeInvitation: EMPTY,
  setFederationIcon: sample(() =>
    request(ControlService.setFederationIcon, { federationName: federationId, iconKey: 'a' }),
  ),
  showFederation: EMPTY,
  startAutomation: sample(
    ({ finishedRun: { seriesId } }) =>
      request(ControlService.startAutomation, automationOf(seriesId)),
    FREE_IN_AUTOMATION,
  ),
  startRun: sample(() => {
    const run = StartRunRequest.fromPartial({ fab: { content: TINY_FAB } });
    return request(ControlService.startRun, run);
  }, [
    'fab.hash_str', // the content counts
    'fab.verifications',
    'override_federation_config.*', // of simulations
    'user_prompt',
    'connector_ids',
    'federation=empty',
  ]),
  stopAutomation: sample(
    async ({ clients, finishedRun: { seriesId } }) => {
      const { automationId } = await clients.call(
        ControlService.startAutomation,
        automationOf(seriesId),
      );
      return request(ControlService.stopAutomation, { automationId });
    },
    [SOUND_WHEN_FLIPPED],
  ), // serial numbers: a bit away lies another one of the account
  storeApp: EMPTY,
  stopRun: sample(async ({ clients }) =>
    request(ControlService.stopRun, { runId: await startRun(clients) }),
  ),
  streamLogs: sample(({ finishedRun: { runId } }) =>
    request(ControlService.streamLogs, { runId, afterTimestamp: 0 }),
  ),
  streamRunEvents: sample(({ finishedRun: { runId } }) =>
    request(ControlService.streamRunEvents, { runId }),
  ),
  unregisterNode: sample(async ({ clients }) => {
    const { publicKey } = new NodeActor(clients);
    const { nodeId = 0n } = await clients.call(ControlService.registerNode, { publicKey });
    return request(ControlService.unregisterNode, { nodeId });
  }),
  updateRunSeriesDescription: sample(
    ({ finishedRun: { seriesId } }) => {
      const description = { seriesId, description: 'a series' };
      return request(ControlService.updateRunSeriesDescription, description);
    },
    ['description'],
  ),
};
