import { generateKeyPairSync } from 'node:crypto';

/** A new public key as SuperNodes have them, in PEM; `secp256k1` is a curve that none may have. */
export function newNodeKey(namedCurve = 'secp384r1'): Buffer {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve });
  return Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
}
