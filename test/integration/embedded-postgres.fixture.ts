import { openEmbeddedPostgres } from '../../src/program/embedded-postgres';

/** Opens the embedded database as superlink does, tells its URL, and lives until it is killed. */
async function main(dataDirectory: string): Promise<void> {
  const { url } = await openEmbeddedPostgres({
    dataDirectory,
    maxConnections: 20,
    onLine: () => undefined,
  });
  process.stdout.write(`${url}\n`);
}

void main(process.argv.at(-1) ?? '');
