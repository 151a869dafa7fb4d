import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

import type { DatabaseClock } from '../database/database-clock';
import type { CallHeaders } from '../rpc/rpc-call';
import { NodeSignature } from './node-signature';

vi.mock('node:crypto', { spy: true });

const NOW = '2026-11-28T07:00:00+00:00';
const SECONDS = Date.parse(NOW) / 1000;
const CLOCK = {
  seconds: () => SECONDS,
  measuredSeconds: () => Promise.resolve(SECONDS),
} as unknown as DatabaseClock;

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const PEM = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
const SIGNATURE = sign('sha256', Buffer.from(NOW, 'ascii'), privateKey);

/** Headers of a call that shows the key, and junk behind it; OpenSSL reads over that. */
function headersWith({ junk = '', signature = SIGNATURE }): CallHeaders {
  const binary: Readonly<Record<string, Buffer>> = {
    'flwr-public-key': Buffer.concat([PEM, Buffer.from(junk)]),
    'flwr-signature': signature,
  };
  return { text: () => [NOW], binary: (name) => [binary[name] ?? Buffer.alloc(0)] };
}

describe('the signature of a node', () => {
  let signatures: NodeSignature;
  beforeEach(() => {
    signatures = new NodeSignature(CLOCK);
    vi.mocked(createPublicKey).mockClear();
  });
  const refusal = expect.objectContaining({ errorName: 'UNAUTHENTICATED' }) as Error;
  const keysParsed = (): number => vi.mocked(createPublicKey).mock.calls.length;

  it('lets the key through that signed, and parses it once', async () => {
    for (let call = 0; call < 3; call += 1) {
      expect(await signatures.authenticate(headersWith({}))).toEqual(PEM);
    }
    expect(keysParsed()).toBe(1);
  });

  it('leaves nothing in memory of a key that signed nothing', async () => {
    const forged = headersWith({ signature: Buffer.alloc(64) });
    for (let call = 0; call < 3; call += 1) {
      await expect(signatures.authenticate(forged)).rejects.toEqual(refusal);
    }
    expect(keysParsed()).toBe(3);
  });

  it('is refused with a key longer than any, unparsed', async () => {
    const long = headersWith({ junk: 'x'.repeat(1024) });
    await expect(signatures.authenticate(long)).rejects.toEqual(refusal);
    expect(keysParsed()).toBe(0);
  });
});
