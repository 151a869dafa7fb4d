import { Context } from '../generated/flwr/proto/message';
import { RecordDict } from '../generated/flwr/proto/recorddict';
import { SUPERLINK_NODE_ID } from '../wire/ids';

/** Context that the first run of a series starts with: no state, and no configs, which the client fills in. */
export function contextOfNewSeries(runId: bigint, seriesId: bigint): Uint8Array {
  return encode(runId, seriesId, RecordDict.fromPartial({}));
}

/** Context that the next run of a series starts with: the state that the run before left. */
export function contextOfNextRun(previous: Buffer, runId: bigint, seriesId: bigint): Uint8Array {
  return encode(runId, seriesId, Context.decode(previous).state ?? RecordDict.fromPartial({}));
}

function encode(runId: bigint, seriesId: bigint, state: RecordDict): Uint8Array {
  const context: Context = {
    runId,
    nodeId: SUPERLINK_NODE_ID,
    nodeConfig: new Map(),
    state,
    runConfig: new Map(),
    seriesId,
  };
  return Context.encode(context).finish();
}
