import { createPublicKey } from 'node:crypto';

import { MOST_KEY_BYTES } from '../auth/node-signature';

/** NIST curves by OpenSSL's names: what `flwr supernode register` lets through (P-192 to P-521). */
const CURVES = new Set(['prime192v1', 'secp224r1', 'prime256v1', 'secp384r1', 'secp521r1']);
const PEM_BEGIN = '-----BEGIN PUBLIC KEY-----';

/** True if `pem` is a public key on a NIST curve in PEM form. */
export function isNistPublicKey(pem: Buffer): boolean {
  if (pem.length > MOST_KEY_BYTES) return false; // its node could not prove that it holds it
  if (!pem.toString('latin1').trimStart().startsWith(PEM_BEGIN)) return false;
  try {
    const key = createPublicKey({ key: pem, format: 'pem' });
    return CURVES.has(key.asymmetricKeyDetails?.namedCurve ?? '');
  } catch {
    return false; // not a key at all
  }
}
