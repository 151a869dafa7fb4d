import {
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

import type { Headers } from '../../support/rpc-clients';

/** Headers that prove nothing. */
export type BadHeaders = readonly [what: string, headers: Headers];

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const KEY = 'flwr-public-key-bin';
const TIME = 'flwr-timestamp';
const SIGNATURE = 'flwr-signature-bin';
const P384 = { namedCurve: 'P-384' };
const SQL = "'; delete from node; --";

/** What a SuperNode must not get through with; `good` are the headers of one that is registered. */
export function badSignatures(good: Headers): BadHeaders[] {
  const pem = good[KEY]!;
  const stranger = generateKeyPairSync('ec', P384);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ed25519 = generateKeyPairSync('ed25519');
  return [
    ['no headers', {}],
    ['no key', without(good, KEY)],
    ['no time', without(good, TIME)],
    ['no signature', without(good, SIGNATURE)],
    ['an empty key', { ...good, [KEY]: Buffer.alloc(0) }],
    ['a key of noise', { ...good, [KEY]: randomBytes(120) }],
    ['a PEM of noise', { ...good, [KEY]: pemOf(randomBytes(120)) }],
    [
      'a key with another after it',
      { ...good, [KEY]: Buffer.concat([bytesOf(pem), bytesOf(pem)]) },
    ],
    ['an empty signature', { ...good, [SIGNATURE]: Buffer.alloc(0) }],
    ['a signature of noise', { ...good, [SIGNATURE]: randomBytes(102) }],
    ['a cut signature', { ...good, [SIGNATURE]: bytesOf(good[SIGNATURE]!).subarray(0, 50) }],
    ['the signature of another key', { ...signed(stranger, now()), [KEY]: pem }],
    ['the signature of another time', { ...good, [TIME]: now(1) }],
    ['a time without a zone', signed(stranger, '2026-11-23T07:49:09')],
    ['a time that is none', signed(stranger, SQL)],
    ['a stale signature', signed(stranger, now(-306))],
    ['a signature of the future', signed(stranger, now(6))],
    ['an RSA key', signed(rsa, now())],
    ['an Ed25519 key', { ...signed(stranger, now()), [KEY]: spki(ed25519.publicKey) }],
    ['a curve of Bitcoin', signed(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }), now())],
    ['an unknown key', signed(stranger, now())],
    ['an unknown P-256 key', signed(generateKeyPairSync('ec', { namedCurve: 'P-256' }), now())],
    ['a private key', { ...good, [KEY]: privatePem(stranger.privateKey) }],
  ];
}

/** What a task must not get through with; `ended` is the token of a task that has finished. */
export function badTokens(ended: string): BadHeaders[] {
  const token = (value: string): Headers => ({ 'flwr-task-token': value });
  return [
    ['no token', {}],
    ['an empty token', token('')],
    ['a short token', token(ended.slice(1))],
    ['a long token', token(`${ended}0`)],
    ['a token in upper case', token(ended.toUpperCase())],
    ['SQL for a token', token(SQL)],
    ['a token of nobody', token(randomBytes(128).toString('hex'))],
    ['the token of a task that has ended', token(ended)],
    ['a token under the name of 1.29', { 'flwr-app-token': ended }],
  ];
}

/** What a SuperExec must not get through with when it calls `path` with `body`. */
export function badSecrets(path: string, body: Buffer, secret: Buffer): BadHeaders[] {
  const at = (seconds: number): Facts => ({ path, body, secret, time: unixTime(seconds) });
  const good = superExecHeaders(at(0));
  return [
    ['no headers', {}],
    ...Object.keys(good).map((name): BadHeaders => [`no ${name}`, without(good, name)]),
    ['another secret', superExecHeaders({ ...at(0), secret: Buffer.from('guessed') })],
    [
      'the secret and a newline',
      superExecHeaders({ ...at(0), secret: Buffer.concat([secret, Buffer.from('\n')]) }),
    ],
    ['another method', superExecHeaders({ ...at(0), path: `${path}s` })],
    [
      'another body',
      superExecHeaders({ ...at(0), body: Buffer.concat([body, body, Buffer.from([0])]) }),
    ],
    ['the hash of another body', { ...good, 'flwr-superexec-body-sha256': '0'.repeat(64) }],
    ['another nonce', { ...good, 'flwr-superexec-nonce': '0'.repeat(32) }],
    ['another time', { ...good, 'flwr-superexec-ts': unixTime(1) }],
    ['a time of words', superExecHeaders({ ...at(0), time: 'now' })],
    ['a time with a fraction', superExecHeaders({ ...at(0), time: `${unixTime(0)}.5` })],
    ['a time of a thousand digits', superExecHeaders({ ...at(0), time: '1'.repeat(1000) })],
    ['a stale signature', superExecHeaders(at(-306))],
    ['a signature of the future', superExecHeaders(at(7))],
    [
      'a signature of noise',
      { ...good, 'flwr-superexec-signature': randomBytes(32).toString('hex') },
    ],
    [
      'a signature in upper case',
      {
        ...good,
        'flwr-superexec-signature': String(good['flwr-superexec-signature']).toUpperCase(),
      },
    ],
    [
      'a cut signature',
      { ...good, 'flwr-superexec-signature': String(good['flwr-superexec-signature']).slice(1) },
    ],
  ];
}

interface Facts {
  readonly path: string;
  readonly body: Buffer;
  readonly secret: Buffer;
  readonly time: string;
}

/** What a SuperExec with the secret sends. */
export function superExecHeaders({ path, body, secret, time }: Facts): Headers {
  const key = createHmac('sha256', secret).update('superexec-auth-v1').digest();
  const hash = createHash('sha256').update(body).digest('hex');
  const nonce = randomBytes(16).toString('hex');
  const text = `method=${path}\nts=${time}\nnonce=${nonce}\nbody_sha256=${hash}`;
  return {
    'flwr-superexec-ts': time,
    'flwr-superexec-nonce': nonce,
    'flwr-superexec-body-sha256': hash,
    'flwr-superexec-signature': createHmac('sha256', key).update(text).digest('hex'),
  };
}

/** Seconds since the epoch, `later` seconds from now. */
export function unixTime(later: number): string {
  return String(Math.floor(Date.now() / 1000) + later);
}

function signed({ privateKey, publicKey }: KeyPair, time: string): Headers {
  const signature = sign('sha256', Buffer.from(time, 'ascii'), privateKey);
  return { [KEY]: spki(publicKey), [TIME]: time, [SIGNATURE]: signature };
}

function now(laterSeconds = 0): string {
  return new Date(Date.now() + laterSeconds * 1000).toISOString().replace('Z', '+00:00');
}

function without(headers: Headers, name: string): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

function spki(key: KeyObject): Buffer {
  return Buffer.from(key.export({ type: 'spki', format: 'pem' }));
}

function privatePem(key: KeyObject): Buffer {
  return Buffer.from(key.export({ type: 'pkcs8', format: 'pem' }));
}

function pemOf(content: Buffer): Buffer {
  const lines = content.toString('base64');
  return Buffer.from(`-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`);
}

function bytesOf(value: string | Buffer): Buffer {
  return Buffer.from(value);
}
