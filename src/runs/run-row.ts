import { Run } from '../generated/flwr/proto/run';
import { isoText } from '../wire/times';

/** A run joined with its primary task as `RUN_COLUMNS` selects it. Times are UTC texts, ids uint64. */
export interface RunRow {
  readonly run_id: bigint;
  readonly series_id: bigint;
  readonly fab_id: string;
  readonly fab_version: string;
  readonly fab_hash: string;
  readonly override_config: Buffer;
  readonly federation_id: string;
  readonly flwr_aid: string;
  readonly primary_task_id: bigint;
  readonly primary_task_type: string;
  readonly pending_at: string;
  readonly starting_at: string | null;
  readonly running_at: string | null;
  readonly finished_at: string | null;
  readonly status: string;
  readonly sub_status: string;
  readonly details: string;
  readonly bytes_sent: bigint;
  readonly bytes_recv: bigint;
  readonly clientapp_runtime: number;
}

/** The `Run` message of a row. `accountName` is filled in only where the CLI lists runs. */
export function toRun(row: RunRow, accountName = ''): Run {
  const isFinished = row.status === 'finished';
  return Run.fromPartial({
    runId: row.run_id,
    fabId: row.fab_id,
    fabVersion: row.fab_version,
    overrideConfig: Run.decode(row.override_config).overrideConfig,
    fabHash: row.fab_hash,
    pendingAt: isoText(row.pending_at),
    startingAt: isoText(row.starting_at),
    runningAt: isoText(row.running_at),
    finishedAt: isoText(row.finished_at),
    status: {
      status: row.status,
      subStatus: isFinished ? row.sub_status : '',
      details: isFinished ? row.details : '',
    },
    flwrAid: row.flwr_aid,
    federation: row.federation_id,
    bytesSent: row.bytes_sent,
    bytesRecv: row.bytes_recv,
    clientappRuntime: row.clientapp_runtime,
    primaryTaskType: row.primary_task_type,
    primaryTaskId: row.primary_task_id,
    seriesId: row.series_id,
    accountName,
  });
}
