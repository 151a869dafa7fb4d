import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { ConfigError } from './config-error';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  EISDIR: 'is a directory',
};

/** `~/x` as a shell would read it, for texts that no shell saw. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

/** Reads a file that a setting names. Throws a ConfigError that names the setting and the path. */
export function readSettingFile(name: string, path: string): Buffer {
  try {
    return readFileSync(expandHome(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new ConfigError(
      `The file of ${name} ${PROBLEMS[code] ?? `cannot be read (${code})`}: ${path}`,
    );
  }
}
