import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

const PACKAGE = z.object({ version: z.string() });

/** The version in our package.json, which lies two folders up from here in src and in dist. */
export function programVersion(): string {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return PACKAGE.parse(JSON.parse(text)).version;
}
