import { createHash } from 'node:crypto';

import type { Kind, Side } from './side';

/** An answer without what must differ: ids by their names, times as `set` or `unset`, sets in one order. */
export type Normal =
  null | boolean | number | string | readonly Normal[] | { [name: string]: Normal };

const KINDS: Readonly<Record<string, Kind>> = {
  runId: 'run',
  runIds: 'run',
  seriesId: 'series',
  nodeId: 'node',
  srcNodeId: 'node',
  dstNodeId: 'node',
  taskId: 'task',
  srcTaskId: 'task',
  dstTaskId: 'task',
  primaryTaskId: 'task',
  token: 'token',
  messageId: 'object',
  messageIds: 'object',
  replyToMessageId: 'object',
  objectId: 'object',
  objectsToPush: 'object',
  automationId: 'automation',
};

/** Times, serial numbers, and what depends on how long an id is when it is printed. */
const SET_OR_UNSET = new Set([
  ...['pendingAt', 'startingAt', 'runningAt', 'finishedAt', 'createdAt', 'updatedAt', 'stoppedAt'],
  ...['registeredAt', 'lastActivatedAt', 'lastDeactivatedAt', 'unregisteredAt', 'onlineUntil'],
  ...['nextRunAt', 'addedAt', 'now', 'timestamp', 'latestTimestamp', 'ttl', 'sessionId'],
  ...['bytesSent', 'bytesRecv', 'id', 'throughEventId'],
]);

/** Texts for people: each server has its own. */
const WORDS = new Set(['details', 'reason']);

/** Lists whose order means nothing. */
const SETS = new Set([
  ...['nodes', 'nodesInfo', 'objectsToPush', 'children', 'messagesList', 'messageObjectTrees'],
  ...['members', 'federations', 'tasks', 'runs'],
]);

const OWN_NODE = 1n;

export function normalForm(side: Side, answer: unknown): Normal {
  return form(side, '', answer);
}

function form(side: Side, field: string, value: unknown): Normal {
  if (value === undefined || value === null) return null;
  if (SET_OR_UNSET.has(field)) return isSet(value) ? 'set' : 'unset';
  if (WORDS.has(field)) return value === '' ? '' : 'some words';
  return typeof value === 'object'
    ? formOfObject(side, field, value)
    : formOfScalar(side, field, value as Scalar);
}

type Scalar = bigint | string | number | boolean;

function formOfObject(side: Side, field: string, value: object): Normal {
  if (Buffer.isBuffer(value)) return formOfBytes(side, value);
  if (value instanceof Map) return formOfMap(side, field, value as Map<Scalar, unknown>);
  if (Array.isArray(value)) return formOfList(side, field, value);
  return formOfMessage(side, value);
}

function formOfScalar(side: Side, field: string, value: Scalar): string | number | boolean {
  if (typeof value === 'bigint') return formOfInteger(side, field, value);
  if (typeof value === 'string') return formOfText(side, field, value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}

function isSet(value: unknown): boolean {
  return value !== '' && value !== 0 && value !== 0n;
}

function formOfInteger(side: Side, field: string, value: bigint): string | number {
  if (value === 0n) return 0;
  const kind = KINDS[field];
  if (kind === undefined) return String(value);
  if (kind === 'node' && value === OWN_NODE) return 'the SuperLink';
  return `${kind} ${side.nameOf(kind, value) ?? 'unknown'}`;
}

function formOfText(side: Side, field: string, value: string): string {
  const kind = KINDS[field];
  if (kind === undefined || value === '') return value;
  if (kind === 'token') return /^[0-9a-f]{256}$/.test(value) ? 'a token' : 'no token';
  return `${kind} ${side.nameOf(kind, value) ?? 'unknown'}`;
}

/** An object's content by the name of the object, all else by its hash. */
function formOfBytes(side: Side, value: Buffer): Normal {
  if (value.length === 0) return '';
  const hash = createHash('sha256').update(value).digest('hex');
  return `bytes of ${side.nameOf('object', hash) ?? hash.slice(0, 8)}`;
}

function formOfMap(side: Side, field: string, map: ReadonlyMap<Scalar, unknown>): Normal {
  const keyField = field === 'runDict' ? 'runId' : field === 'results' ? 'messageId' : '';
  const entries = [...map].map(
    ([key, inner]) => [`${formOfScalar(side, keyField, key)}`, form(side, '', inner)] as const,
  );
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function formOfList(side: Side, field: string, list: readonly unknown[]): Normal {
  const forms = list.map((inner) => form(side, field, inner));
  if (!SETS.has(field)) return forms;
  const byText = new Map(forms.map((each) => [JSON.stringify(each), each]));
  return [...byText.keys()].sort().map((text) => byText.get(text)!);
}

function formOfMessage(side: Side, message: object): Normal {
  const known = Object.entries(message).filter(([name]) => name !== '_unknownFields');
  return Object.fromEntries(known.map(([name, inner]) => [name, form(side, name, inner)]));
}
