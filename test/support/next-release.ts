import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { newFolder } from './superlink-program';

/** What calls use all the time: changed under them, nobody may notice. */
const CHANGED_TABLES = ['instruction', 'node', 'object', 'reply', 'run', 'task'];

/** The migration that it has on top. */
export const NEXT_MIGRATION = 'NextRelease1899000000001';

export interface NextRelease {
  /** Path of its main.js. */
  readonly main: string;
  /** What takes it off a database again, unless it contracts. */
  readonly undo: readonly string[];
  remove(): void;
}

/**
 * Makes the release after this one: the program at `main` with one more migration, which adds to the tables that
 * are most in use and, if it `contracts`, shuts out the releases before.
 */
export function makeNextRelease(main: string, { contracts = false } = {}): NextRelease {
  const folder = newFolder('next-release');
  cpSync(dirname(main), join(folder, 'dist'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  cpSync('package.json', join(folder, 'package.json'));
  const statements = CHANGED_TABLES.flatMap((table) => [
    `alter table ${table} add column next_release text not null default 'unset'`,
    `create index on ${table} (next_release) where next_release <> 'unset'`,
  ]);
  if (contracts) statements.push(`update schema_floor set migration = '${NEXT_MIGRATION}'`);
  const list = join(folder, 'dist/database/migrations/migrations.js');
  const added = `
exports.MIGRATIONS.push(class ${NEXT_MIGRATION} {
  name = '${NEXT_MIGRATION}';
  async up(runner) {
    for (const statement of ${JSON.stringify(statements)}) await runner.query(statement);
  }
});
`;
  writeFileSync(list, readFileSync(list, 'utf8') + added);
  return {
    main: join(folder, 'dist/main.js'),
    undo: [
      ...CHANGED_TABLES.map((table) => `alter table ${table} drop column next_release`),
      `delete from schema_migration where name = '${NEXT_MIGRATION}'`,
    ],
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
