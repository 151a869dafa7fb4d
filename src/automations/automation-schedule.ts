import { SuperLinkError } from '../errors/superlink-error';
import { FAB_LIMIT_BYTES } from '../exec/fab/fab.limits';
import { isTooLongBesideFab } from '../exec/run-starter/size-beside-fab';
import type { StartAutomationRequest } from '../generated/flwr/proto/control_automation';
import type { StartRunRequest } from '../generated/flwr/proto/control_run';
import { utcText } from '../wire/times';

const INTERVAL_LIMIT_SECONDS = 2n ** 63n;

/** When an automation starts runs. */
export interface AutomationSchedule {
  readonly seriesId: bigint;
  readonly startRunRequest: StartRunRequest;
  /** First start, ISO 8601 in UTC; undefined: now. */
  readonly startAt: string | undefined;
  readonly fixedIntervalSeconds: bigint | undefined;
  /** Undefined: without end. */
  readonly maxRuns: number | undefined;
}

/** Checks what a client asks for and fills in upstream's defaults. Throws INVALID_AUTOMATION_REQUEST. */
export function scheduleOf(request: StartAutomationRequest): AutomationSchedule {
  const { startRunRequest, fixedInterval } = request;
  if (startRunRequest?.seriesId === undefined) refuse('start_run_request.series_id is needed.');
  if ((startRunRequest.fab?.content.length ?? 0) > FAB_LIMIT_BYTES) {
    refuse(`The FAB has more than ${FAB_LIMIT_BYTES} bytes.`);
  }
  if (isTooLongBesideFab(startRunRequest)) refuse('It has more than 1 MiB beside the FAB.');
  const startAt = startAtOf(request);
  const maxRuns = request.maxRuns ?? (fixedInterval === undefined ? 1 : undefined);
  if (maxRuns === 0) refuse('max_runs must be greater than zero.');
  checkInterval(fixedInterval, maxRuns);
  return {
    seriesId: startRunRequest.seriesId,
    startRunRequest,
    startAt,
    fixedIntervalSeconds: fixedInterval,
    maxRuns,
  };
}

function startAtOf({ startAt }: StartAutomationRequest): string | undefined {
  if (startAt === undefined) return undefined;
  const utc = utcText(startAt);
  if (utc === undefined) refuse('start_at must be an ISO 8601 time with a zone.');
  return utc;
}

function checkInterval(seconds: bigint | undefined, maxRuns: number | undefined): void {
  if (seconds === undefined) {
    if (maxRuns !== 1) refuse('More than one run needs a fixed_interval.');
    return;
  }
  if (seconds < 1n) refuse('fixed_interval must be greater than zero.');
  if (seconds >= INTERVAL_LIMIT_SECONDS) refuse('fixed_interval must be less than 2**63.');
}

function refuse(details: string): never {
  throw new SuperLinkError('INVALID_AUTOMATION_REQUEST', details);
}
