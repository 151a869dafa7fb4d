/** What `npm run faults` was asked for. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

const SOAK_MINUTES = 30;
const OPTIONS = {
  seed: { type: 'string' },
  seeds: { type: 'string' },
  balancer: { type: 'string' },
  json: { type: 'string' },
  minutes: { type: 'string' },
  record: { type: 'boolean' },
};

/** A number that nobody can count with would play nothing, and nothing passes. */
function wholeNumber(values, option, fallback) {
  const text = values[option];
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Error(`--${option} takes a whole number from 1 on, not "${text}".`);
  return Number(text);
}

/** `--seed 7` is that one, `--seeds 20` are the first twenty. */
function seeds(values) {
  const one = wholeNumber(values, 'seed');
  const count = wholeNumber(values, 'seeds', 1);
  if (one !== undefined && values.seeds !== undefined)
    throw new Error('--seed and --seeds exclude each other.');
  return one === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [one];
}

/** What is to be played: the plan of `npm test`, which has its own seeds, without a fault's name. */
function order(values, names) {
  if (names[0] === 'soak') {
    return { faults: [], soakMinutes: wholeNumber(values, 'minutes', SOAK_MINUTES) };
  }
  if (names.length === 0 && (values.seed ?? values.seeds) !== undefined)
    throw new Error('Seeds are for faults that are named, or for `all`.');
  return names.length > 0 ? { faults: names, seeds: seeds(values) } : {};
}

function filesToRecord(files) {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) throw new Error(`There is no ${missing.join(', ')}.`);
  if (files.length === 0) throw new Error('`record` takes files that `--json` has written.');
  return files;
}

/**
 * `{ files }` of plays to record, or `{ order, balancer, json, isToBeRecorded }` of plays to make.
 * Throws a text for people.
 */
export function readArguments(args) {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  if (positionals[0] === 'record') return { files: filesToRecord(positionals.slice(1)) };
  return {
    order: order(values, positionals),
    balancer: values.balancer,
    json: values.json,
    isToBeRecorded: values.record === true,
  };
}
