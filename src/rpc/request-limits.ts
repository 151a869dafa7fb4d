import { ControlService } from '../generated/flwr/proto/control';
import { FleetService } from '../generated/flwr/proto/fleet';
import { GrpcAdapterService } from '../generated/flwr/proto/grpcadapter';
import { countFields, PACKED, type Shape } from '../wire/count-fields';
import { type SharedMethod, taskRpc } from './task-rpc';

const MEBIBYTE = 1024 * 1024;
/** Decoded, no request of this size takes more than some MiB, however it is made. */
const HARMLESS_BYTES = MEBIBYTE / 16;
/** What one gRPC message can hold. */
const MOST_BYTES = 2 ** 31 - 1;
export const MOST_BYTES_WITHOUT_PAYLOAD = MEBIBYTE;
/**
 * A decoded field takes about a hundred bytes, its wire form two or more. Real requests are far from this: an object
 * of a tree is two fields in 69 bytes.
 */
const MOST_FIELDS = { anyway: 200_000, aByte: 1 / 24 };

interface Limit {
  readonly mostBytes: number;
  readonly shape: Shape;
}

const FLAT: Shape = {};
const flat = (): Shape => FLAT;
const TREE: Shape = { 2: () => TREE };
const SCALARS: Shape = { 2: flat };
const ARRAY_RECORD: Shape = { 1: () => ({ 2: () => ({ 2: PACKED }) }) };
const LISTS = { 21: () => NUMBERS, 22: () => NUMBERS, 23: () => NUMBERS, 24: () => NUMBERS };
const NUMBERS: Shape = { 1: PACKED };
const METRIC_RECORD: Shape = { 1: () => ({ 2: () => LISTS }) };
const CONFIG_RECORD: Shape = { 1: () => ({ 2: () => ({ ...LISTS, 25: flat, 26: flat }) }) };
const RECORD: Shape = { 2: () => ARRAY_RECORD, 3: () => METRIC_RECORD, 4: () => CONFIG_RECORD };
const RECORD_DICT: Shape = { 1: () => RECORD };
const MESSAGE: Shape = { 1: flat, 2: () => RECORD_DICT, 3: flat };
const CONTEXT: Shape = { 3: () => SCALARS, 4: () => RECORD_DICT, 5: () => SCALARS };
const RUN: Shape = { 1: () => ({ 3: flat }), 2: () => SCALARS, 3: flat, 9: PACKED };
const PUSHED: Shape = { 1: flat, 2: () => MESSAGE, 3: () => TREE, 4: PACKED };

/** The same for both services that task processes call. */
const ofTasks = (method: SharedMethod, limit: Limit): [string, Limit][] =>
  taskRpc(method).map(({ path }) => [path, limit]);

/** RPCs whose requests carry payload, or grow with the size of a federation. */
const LIMITS: ReadonlyMap<string, Limit> = new Map([
  [FleetService.pushObject.path, { mostBytes: MOST_BYTES, shape: { 1: flat } }],
  [GrpcAdapterService.sendReceive.path, { mostBytes: MOST_BYTES, shape: { 1: flat } }],
  ...ofTasks('pushObject', { mostBytes: MOST_BYTES, shape: { 1: flat } }),
  [FleetService.pushMessages.path, { mostBytes: 128 * MEBIBYTE, shape: PUSHED }],
  ...ofTasks('pushMessages', { mostBytes: 128 * MEBIBYTE, shape: PUSHED }),
  ...ofTasks('pullMessages', { mostBytes: 64 * MEBIBYTE, shape: FLAT }),
  // kept in rows that are read whole, which takes ten times as much memory
  ...ofTasks('pushTaskOutput', { mostBytes: 32 * MEBIBYTE, shape: { 1: () => CONTEXT } }),
  ...ofTasks('pushTaskMessage', { mostBytes: 32 * MEBIBYTE, shape: { 1: () => MESSAGE } }),
  ...ofTasks('pushLogs', { mostBytes: 64 * MEBIBYTE, shape: { 1: flat } }),
  ...ofTasks('pushTaskEvents', { mostBytes: 64 * MEBIBYTE, shape: { 1: flat } }),
  // their FAB is measured later: one over its own limit has an answer of its own
  [ControlService.startRun.path, { mostBytes: 64 * MEBIBYTE, shape: RUN }],
  [ControlService.startAutomation.path, { mostBytes: 64 * MEBIBYTE, shape: { 1: () => RUN } }],
  ...ofTasks('startAutomation', { mostBytes: 64 * MEBIBYTE, shape: { 1: () => RUN } }),
]);

/** The longest request to the RPC `path` that is worth receiving. */
export function mostBytesOf(path: string): number {
  return LIMITS.get(path)?.mostBytes ?? MOST_BYTES_WITHOUT_PAYLOAD;
}

/** Why a request to the RPC `path` must not even be decoded, if so. */
export function whyTooCostly(path: string, bytes: Uint8Array): string | undefined {
  if (bytes.length <= HARMLESS_BYTES) return undefined;
  if (bytes.length > mostBytesOf(path)) return 'It is too long.';
  const limit = LIMITS.get(path);
  if (limit === undefined) return undefined;
  const most = MOST_FIELDS.anyway + bytes.length * MOST_FIELDS.aByte;
  return countFields(bytes, limit.shape, most) > most ? 'It has too many fields.' : undefined;
}
