import { generateKeyPairSync, type KeyObject } from 'node:crypto';

import { isNistPublicKey } from './public-key';

function pem(key: KeyObject): Buffer {
  return Buffer.from(key.export({ type: 'spki', format: 'pem' }));
}

function onCurve(namedCurve: string): Buffer {
  return pem(generateKeyPairSync('ec', { namedCurve }).publicKey);
}

describe('isNistPublicKey', () => {
  it.each(['prime192v1', 'secp224r1', 'prime256v1', 'secp384r1', 'secp521r1'])(
    'accepts %s',
    (curve) => {
      expect(isNistPublicKey(onCurve(curve))).toBe(true);
    },
  );

  it('accepts what the stock CLI sends', () => {
    const text = onCurve('secp384r1').toString();
    expect(text).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(isNistPublicKey(Buffer.from(`\n${text}`))).toBe(true);
  });

  it.each([
    ['a curve of others', onCurve('secp256k1')],
    ['an RSA key', pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)],
    ['an Ed25519 key', pem(generateKeyPairSync('ed25519').publicKey)],
    [
      'a private key',
      Buffer.from(
        generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey.export({
          type: 'pkcs8',
          format: 'pem',
        }),
      ),
    ],
    ['a cut key', onCurve('secp384r1').subarray(0, 150)],
    ['the frame of a key', Buffer.from('-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n')],
    ['an OpenSSH key', Buffer.from('ecdsa-sha2-nistp384 AAAAE2VjZHNh node')],
    ['a key with much behind it', Buffer.concat([onCurve('secp384r1'), Buffer.alloc(1024, 'x')])],
    ['noise', Buffer.from([0, 1, 2, 3])],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_, key) => {
    expect(isNistPublicKey(key)).toBe(false);
  });
});
