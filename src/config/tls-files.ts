import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

import type { TlsIdentity } from './config';
import { ConfigError } from './config-error';
import { readSettingFile } from './setting-file';

/** Paths of one server's TLS files, and what the person called them. */
export interface TlsFiles {
  readonly certificate: NamedPath;
  readonly key: NamedPath;
  readonly ca: NamedPath;
}

export interface NamedPath {
  readonly name: string;
  readonly path: string | undefined;
}

/** Reads and checks a certificate with its key; undefined if none of the files is named. Throws ConfigError. */
export function readTlsIdentity({ certificate, key, ca }: TlsFiles): TlsIdentity | undefined {
  if (certificate.path === undefined || key.path === undefined) {
    const given = [certificate, key, ca].find(({ path }) => path !== undefined);
    if (given === undefined) return undefined;
    const missing = certificate.path === undefined ? certificate : key;
    throw new ConfigError(`${given.name} is given without ${missing.name}; set both.`);
  }
  const identity = {
    certificate: readSettingFile(certificate.name, certificate.path),
    key: readSettingFile(key.name, key.path),
  };
  checkPem(certificate.name, identity.certificate);
  checkKey(key.name, certificate.name, identity);
  if (ca.path === undefined) return identity;
  const authority = readSettingFile(ca.name, ca.path);
  checkPem(ca.name, authority);
  return { ...identity, ca: authority, caFile: ca.path };
}

function checkPem(name: string, content: Buffer): void {
  try {
    new X509Certificate(content);
  } catch {
    throw new ConfigError(`${name} does not name a PEM certificate.`);
  }
}

function checkKey(keyName: string, certificateName: string, identity: TlsIdentity): void {
  try {
    createSecureContext({ cert: identity.certificate, key: identity.key });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' || code === 'ERR_OSSL_X509_KEY_TYPE_MISMATCH')
      throw new ConfigError(`The key of ${keyName} does not belong to ${certificateName}.`);
    throw new ConfigError(
      `${keyName} does not name a PEM private key without a passphrase that fits ${certificateName}.`,
    );
  }
}
