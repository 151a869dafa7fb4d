import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { withContentList, writeZip, type ZipFileToWrite } from '../../../test/support/zip-writer';
import { inspectFab } from './inspect-fab';

/** Built with stock `flwr build`; the releases 1.31.0 to 1.42.0 give the same bytes (its README). */
function readFixture(name: string): Buffer {
  return readFileSync(join(__dirname, '../../../test/fixtures/fab', `${name}.fab`));
}

const PYPROJECT = `
[project]
name = "tally-app"
version = "1.0"
[tool.flwr.app]
publisher = "harbour"
components = { serverapp = "a:b", clientapp = "c:d.e" }
`;

function file(name: string, content: string, isDeflated = false): ZipFileToWrite {
  return { name, content: Buffer.from(content), isDeflated };
}

describe('a FAB of the stock tool', () => {
  it('gives identity and flattened config of an app with nested config and odd paths', async () => {
    const facts = await inspectFab(readFixture('tally-app'));
    expect(facts).toMatchObject({
      fabHash: '022021f729ccff409dd03e4f1eca43468e75ac1aa623d384ddc0b598edb078ee',
      fabId: 'harbour/tally-app',
      fabVersion: '1.2.3',
      primaryComponent: 'serverapp',
    });
    expect([...facts.defaultConfig]).toEqual([
      ['num-rounds', 3n],
      ['rate', 0.5],
      ['whole-rate', 1],
      ['label', 'größe'],
      ['quiet', false],
      ['far', 9223372036854775807n],
      ['train.batch.size', 32n],
    ]);
  });

  it('is accepted in format 1 with a license file and patterns', async () => {
    const facts = await inspectFab(readFixture('sealed-app'));
    expect(facts).toMatchObject({
      fabHash: '2237a98108687d126c46cf587bad323023bd24b3f3c4ece10dc93b6492740c85',
      fabId: 'harbour/sealed-app',
      fabVersion: '2.0.0rc1',
      primaryComponent: 'serverapp',
    });
    expect(facts.defaultConfig.size).toBe(0);
  });

  it('is an agent where it has an agentapp only', async () => {
    const facts = await inspectFab(readFixture('guide-app'));
    expect(facts).toMatchObject({ fabId: 'harbour/guide-app', primaryComponent: 'agentapp' });
    expect([...facts.defaultConfig]).toEqual([['prompt', 'hello']]);
  });
});

describe('a FAB of another tool', () => {
  it('is accepted with deflated files, small and large, and empty ones', async () => {
    const fab = writeZip(
      withContentList([
        file('pyproject.toml', PYPROJECT, true),
        file('empty.py', '', true),
        file('stored-empty.py', ''),
        file('large.json', '"0123456789"'.repeat(100_000), true),
        file('notes.txt', 'any safe name will do'),
      ]),
    );
    await expect(inspectFab(fab)).resolves.toMatchObject({ fabId: 'harbour/tally-app' });
  });

  it('is accepted with sizes behind the data instead of before', async () => {
    const later = { flags: 0x8 };
    const fab = writeZip(
      withContentList([file('pyproject.toml', PYPROJECT)]).map((entry) => ({
        ...entry,
        both: later,
        local: { crc: 0, packedBytes: 0, unpackedBytes: 0 },
      })),
    );
    await expect(inspectFab(fab)).resolves.toMatchObject({ fabVersion: '1.0' });
  });
});
