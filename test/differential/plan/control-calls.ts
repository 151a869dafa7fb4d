import { ControlService } from '../../../src/generated/flwr/proto/control';
import { StartAutomationRequest } from '../../../src/generated/flwr/proto/control_automation';
import { ListRunsRequest, StartRunRequest } from '../../../src/generated/flwr/proto/control_run';
import { TINY_FAB } from '../../support/fab';
import type { Script } from '../core/script';
import type { Side } from '../core/side';

export type StartRunParts = Parameters<typeof StartRunRequest.fromPartial>[0];

/** Calls of the command line, put into the plan. */
export class ControlCalls {
  constructor(private readonly script: Script) {}

  /** A run of the tiny app unless `partsOn` says otherwise. */
  startRun(
    run: string,
    situation = 'as usual',
    partsOn: (side: Side) => StartRunParts = () => ({}),
  ): void {
    this.script.call(ControlService.startRun, situation, {
      ask: (side) => StartRunRequest.fromPartial({ fab: { content: TINY_FAB }, ...partsOn(side) }),
      take: (side, { runId, seriesId }) => {
        side.learn('run', run, runId);
        side.learn('series', run, seriesId);
      },
    });
  }

  stopRun(run: string, situation = 'as usual'): void {
    this.script.call(ControlService.stopRun, situation, {
      ask: (side) => ({ runId: side.id('run', run) }),
    });
  }

  listRun(run: string, situation = 'as usual'): void {
    this.script.call(ControlService.listRuns, situation, {
      ask: (side) => ListRunsRequest.fromPartial({ runId: side.id('run', run) }),
    });
  }

  listRuns(
    situation = 'as usual',
    request: Parameters<typeof ListRunsRequest.fromPartial>[0] = {},
  ): void {
    this.script.call(ControlService.listRuns, situation, {
      ask: () => ListRunsRequest.fromPartial(request),
    });
  }

  logs(run: string, situation = 'as usual', afterTimestamp = 0): void {
    this.script.call(ControlService.streamLogs, situation, {
      ask: (side) => ({ runId: side.id('run', run), afterTimestamp }),
    });
  }

  events(run: string, situation = 'as usual', after?: (side: Side) => bigint): void {
    this.script.call(ControlService.streamRunEvents, situation, {
      ask: (side) => ({ runId: side.id('run', run), afterTaskEventId: after?.(side) }),
    });
  }

  series(run: string, situation = 'as usual'): void {
    this.script.call(ControlService.getRunSeries, situation, {
      ask: (side) => ({ seriesId: side.id('series', run) }),
    });
  }

  artifacts(run: string, situation = 'as usual'): void {
    this.script.call(ControlService.pullArtifacts, situation, {
      ask: (side) => ({ runId: side.id('run', run) }),
    });
  }

  listNodes(situation = 'as usual'): void {
    this.script.call(ControlService.listNodes, situation, { ask: () => ({}) });
  }

  registerNode(name: string, publicKey: Buffer, situation = 'as usual'): void {
    this.script.call(ControlService.registerNode, situation, {
      ask: () => ({ publicKey, location: undefined, name: undefined }),
      take: (side, { nodeId }) => side.learn('node', name, nodeId),
    });
  }

  unregisterNode(name: string, situation = 'as usual'): void {
    this.script.call(ControlService.unregisterNode, situation, {
      ask: (side) => ({ nodeId: side.id('node', name) }),
    });
  }

  automate(
    name: string,
    situation: string,
    requestOn: (side: Side) => Parameters<typeof StartAutomationRequest.fromPartial>[0],
  ): void {
    this.script.call(ControlService.startAutomation, situation, {
      ask: (side) => StartAutomationRequest.fromPartial(requestOn(side)),
      take: (side, { automationId }) => side.learn('automation', name, automationId),
    });
  }

  stopAutomation(name: string, situation = 'as usual'): void {
    this.script.call(ControlService.stopAutomation, situation, {
      ask: (side) => ({ automationId: side.id('automation', name) }),
    });
  }

  listAutomations(situation = 'as usual', federation = ''): void {
    this.script.call(ControlService.listAutomations, situation, { ask: () => ({ federation }) });
  }
}
