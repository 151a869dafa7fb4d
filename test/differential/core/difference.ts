import { isDeepStrictEqual } from 'node:util';

import type { Normal } from './normal-form';

/** What one side saw of a step, ready to be compared. */
export interface Outcome {
  /** `OK`, or how the call was refused. */
  readonly status: string;
  /** The normal form of the answer; null for a refusal. */
  readonly answer: Normal;
  /** The error's text, for people. */
  readonly text: string;
}

/** Where two outcomes part, in words that do not depend on which run or node it was. */
export interface Difference {
  readonly theirs: string;
  readonly ours: string;
}

const MOST_CHARACTERS = 60;
const MOST_PARTS = 5;
const MOST_FIELD_CHARACTERS = 200;
const NAMED = /\b(run|series|task|node|object|automation) [A-Za-z0-9#.]+/g;

/** Undefined if the outcomes are the same. */
export function differenceOf(theirs: Outcome, ours: Outcome): Difference | undefined {
  if (theirs.status !== ours.status) return { theirs: theirs.status, ours: ours.status };
  const parts = partsOf('', theirs.answer, ours.answer);
  if (parts.length === 0) return undefined;
  if (parts.length > MOST_PARTS)
    return { theirs: 'one answer', ours: `another (${fieldsOf(parts)})` };
  const say = (which: 'theirs' | 'ours'): string =>
    parts.map(({ path, ...values }) => `${path}=${values[which]}`).join(' ');
  return { theirs: say('theirs'), ours: say('ours') };
}

function fieldsOf(parts: readonly Part[]): string {
  return [...new Set(parts.map(({ path }) => path))]
    .sort()
    .join(' ')
    .slice(0, MOST_FIELD_CHARACTERS);
}

interface Part extends Difference {
  readonly path: string;
}

/** Every place where the forms are not equal, as deep within as possible. */
function partsOf(path: string, theirs: Normal, ours: Normal): Part[] {
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return [];
  if (Array.isArray(theirs) && Array.isArray(ours)) return partsOfLists(path, theirs, ours);
  if (isRecord(theirs) && isRecord(ours)) {
    const names = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
    const parts = names.flatMap((name) =>
      partsOf(join(path, generalised(name)), theirs[name] ?? null, ours[name] ?? null),
    );
    return merged(parts);
  }
  return [{ path, theirs: shown(theirs), ours: shown(ours) }];
}

function partsOfLists(path: string, theirs: readonly Normal[], ours: readonly Normal[]): Part[] {
  if (theirs.length !== ours.length) {
    return [{ path, theirs: countOf(theirs.length), ours: countOf(ours.length) }];
  }
  const parts = theirs.flatMap((each, index) => partsOf(`${path}[]`, each, ours[index]!));
  return merged(parts);
}

const countOf = (length: number): string => (length === 0 ? 'none' : length === 1 ? 'one' : 'more');

/** Differences in several places of a list are one; if they are not the same, it only says where. */
function merged(parts: readonly Part[]): Part[] {
  const byPath = new Map<string, Part>();
  for (const part of parts) {
    const known = byPath.get(part.path);
    const isSame = known === undefined || isDeepStrictEqual(known, part);
    byPath.set(part.path, isSame ? part : { path: part.path, theirs: 'some', ours: 'others' });
  }
  return [...byPath.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function isRecord(value: Normal): value is { [name: string]: Normal } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function shown(value: Normal): string {
  if (value === null) return 'absent';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return generalised(text).slice(0, MOST_CHARACTERS);
}

function generalised(text: string): string {
  return text
    .replaceAll('\n', ' ')
    .replace(NAMED, (_all, kind: string) => kind)
    .replace(/\b(bytes|group) of \S+/g, (_all, what: string) => what);
}
