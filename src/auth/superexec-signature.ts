import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import { DatabaseClock } from '../database/database-clock';
import { SuperLinkError } from '../errors/superlink-error';
import type { RpcCall } from '../rpc/rpc-call';
import { NonceRepository } from './nonce.repository';
import { isTimely, MOST_BEHIND_SECONDS } from './signature-window';

const KEY_LABEL = 'superexec-auth-v1';
const INTEGER = /^-?\d{1,15}$/;

interface SignedHeaders {
  readonly timestamp: string;
  readonly nonce: string;
  readonly bodyHash: string;
  readonly signature: string;
}

/**
 * Shared-secret signatures of SuperExecs (1.29 on). Checked only if the SuperLink was given a secret. The nonce
 * is used up last, in PostgreSQL, so that a replay fails on every replica.
 */
@Injectable()
export class SuperExecSignature {
  private readonly key: Buffer | undefined;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly clock: DatabaseClock,
    private readonly nonces: NonceRepository,
  ) {
    this.key =
      config.superexecSecret &&
      createHmac('sha256', config.superexecSecret).update(KEY_LABEL).digest();
  }

  /** Passes, or throws UNAUTHENTICATED. */
  async authenticate(call: RpcCall): Promise<void> {
    if (this.key === undefined) return;
    const headers = signedHeadersOf(call);
    const seconds = INTEGER.test(headers.timestamp) ? Number(headers.timestamp) : Number.NaN;
    if (!(await isTimely(seconds, this.clock))) refuse('outside the allowed window');
    const bodyHash = createHash('sha256').update(call.bytes).digest('hex');
    const method = call.definition.path;
    const text = `method=${method}\nts=${headers.timestamp}\nnonce=${headers.nonce}\nbody_sha256=${bodyHash}`;
    const expected = createHmac('sha256', this.key).update(text).digest('hex');
    if (headers.bodyHash !== bodyHash || !areEqual(headers.signature, expected)) {
      refuse('not matching');
    }
    const expiresAt = seconds + MOST_BEHIND_SECONDS;
    if (!(await this.nonces.use(`superexec:${method}`, headers.nonce, expiresAt))) {
      refuse('used before');
    }
  }
}

function signedHeadersOf(call: RpcCall): SignedHeaders {
  const one = (name: string): string => {
    const values = call.headers.text(`flwr-superexec-${name}`);
    const [value] = values;
    return value === undefined || values.length !== 1 ? refuse('missing') : value;
  };
  return {
    timestamp: one('ts'),
    nonce: one('nonce'),
    bodyHash: one('body-sha256'),
    signature: one('signature'),
  };
}

function areEqual(given: string, expected: string): boolean {
  const bytes = Buffer.from(given, 'utf8');
  const wanted = Buffer.from(expected, 'utf8');
  return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
}

function refuse(why: string): never {
  throw new SuperLinkError('UNAUTHENTICATED', `The SuperExec signature is ${why}.`);
}
