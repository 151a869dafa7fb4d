import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { promisify } from 'node:util';

import { Injectable } from '@nestjs/common';

import { DatabaseClock } from '../database/database-clock';
import { SuperLinkError } from '../errors/superlink-error';
import type { CallHeaders } from '../rpc/rpc-call';
import { isTimely } from './signature-window';

const verifyOffTheEventLoop = promisify(verify);
const PUBLIC_KEY = 'flwr-public-key';
const TIMESTAMP_HEADER = 'flwr-timestamp';
const SIGNATURE = 'flwr-signature';
/** Of a public key in PEM form: P-521, the longest, takes under 300. What stands behind its end is read over. */
export const MOST_KEY_BYTES = 1024;
const MOST_KEYS_KEPT = 20_000;
/** ISO-8601 with an offset, as Python's isoformat prints an aware time. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Proof that a SuperNode holds the key it shows (SuperNodes to 1.39 over gRPC): ECDSA with SHA-256 over the
 * ASCII text of the timestamp. Says nothing of whether that key is registered: the statement of the call does.
 */
@Injectable()
export class NodeSignature {
  /** Parsed keys that have signed, by their PEM text: immutable, so a copy can't go stale. */
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly clock: DatabaseClock) {}

  /** True if any part of a signature came along: it must hold then, whether or not one is needed. */
  isClaimed(headers: CallHeaders): boolean {
    const parts = [
      headers.binary(PUBLIC_KEY),
      headers.text(TIMESTAMP_HEADER),
      headers.binary(SIGNATURE),
    ];
    return parts.some((values) => values.length > 0);
  }

  /** The public key's PEM bytes as sent, or UNAUTHENTICATED. */
  async authenticate(headers: CallHeaders): Promise<Buffer> {
    const [publicKey] = headers.binary(PUBLIC_KEY);
    const [timestamp] = headers.text(TIMESTAMP_HEADER);
    const [signature] = headers.binary(SIGNATURE);
    if (publicKey === undefined || timestamp === undefined || signature === undefined) {
      throw new SuperLinkError('UNAUTHENTICATED', 'The signature headers are missing.');
    }
    if (publicKey.length > MOST_KEY_BYTES) {
      throw new SuperLinkError('UNAUTHENTICATED', 'The public key is too long.');
    }
    await this.checkTimestamp(timestamp);
    const pem = publicKey.toString('latin1');
    const key = this.keys.get(pem) ?? parseEllipticKey(publicKey);
    const signed = await verifyOffTheEventLoop(
      'sha256',
      Buffer.from(timestamp, 'ascii'),
      { key, dsaEncoding: 'der' },
      signature,
    );
    if (!signed) throw new SuperLinkError('UNAUTHENTICATED', 'The signature does not match.');
    this.keep(pem, key);
    return publicKey;
  }

  private async checkTimestamp(timestamp: string): Promise<void> {
    const seconds = TIMESTAMP.test(timestamp) ? Date.parse(timestamp) / 1000 : Number.NaN;
    if (!(await isTimely(seconds, this.clock))) {
      throw new SuperLinkError('UNAUTHENTICATED', 'The timestamp is outside the allowed window.');
    }
  }

  private keep(pem: string, key: KeyObject): void {
    if (this.keys.has(pem)) return;
    if (this.keys.size >= MOST_KEYS_KEPT) this.keys.clear();
    this.keys.set(pem, key);
  }
}

function parseEllipticKey(pem: Buffer): KeyObject {
  try {
    const key = createPublicKey({ key: pem, format: 'pem' });
    if (key.asymmetricKeyType === 'ec') return key;
  } catch (cause) {
    throw new SuperLinkError('UNAUTHENTICATED', 'The public key is not valid.', { cause });
  }
  throw new SuperLinkError('UNAUTHENTICATED', 'The public key is not an elliptic-curve key.');
}
