import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ensureFlower } from '../../scripts/flower/stock-environment.mjs';

const runFile = promisify(execFile);

/** Files of a certificate authority of the test's own and of a server that it vouches for. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes them with openssl: the server is 127.0.0.1. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): Promise<unknown> => runFile('openssl', args);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl(
    ...['req', '-x509', ...curve, '-days', '2', '-subj', '/CN=test authority'],
    ...['-keyout', at('authority.key'), '-out', at('authority.pem')],
  );
  await openssl(
    ...['req', ...curve, '-subj', '/CN=127.0.0.1'],
    ...['-keyout', at('server.key'), '-out', at('server.csr')],
  );
  writeFileSync(at('server.ext'), 'subjectAltName=IP:127.0.0.1\n');
  await openssl(
    ...['x509', '-req', '-in', at('server.csr'), '-days', '2', '-extfile', at('server.ext')],
    ...['-CA', at('authority.pem'), '-CAkey', at('authority.key'), '-CAcreateserial'],
    ...['-out', at('server.pem')],
  );
  return {
    authority: at('authority.pem'),
    certificate: at('server.pem'),
    key: at('server.key'),
  };
}

/** A new file with a secret as operators make them. */
export function makeSecret(directory: string, name: string): string {
  const path = join(directory, name);
  writeFileSync(path, randomBytes(32));
  return path;
}

const KEY_PAIR_SCRIPT = `
import pathlib, sys
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ec
key = ec.generate_private_key(ec.SECP384R1())
path = pathlib.Path(sys.argv[1])
path.write_bytes(key.private_bytes(form.Encoding.PEM, form.PrivateFormat.OpenSSH, form.NoEncryption()))
path.with_suffix(".pub").write_bytes(
    key.public_key().public_bytes(form.Encoding.OpenSSH, form.PublicFormat.OpenSSH)
)
`;

/** A SuperNode's key pair in OpenSSH's form; what was made is in `private` and `public`. */
export async function makeNodeKey(
  directory: string,
  name: string,
): Promise<{ readonly private: string; readonly public: string }> {
  const path = join(directory, name);
  const { python } = await ensureFlower();
  await runFile(python, ['-c', KEY_PAIR_SCRIPT, path]);
  return { private: path, public: `${path}.pub` };
}
