import { describe, it } from 'vitest';

import {
  expectRefusal,
  fabWith,
  file,
  type HostileFab,
  SOUND_TOML,
} from '../../../test/fixtures/fab/hostile-fab';
import { withContentList, writeZip, type ZipFileToWrite } from '../../../test/support/zip-writer';

const MEBIBYTE = 1024 * 1024;

function withToml(toml: string): ZipFileToWrite[] {
  return withContentList([{ ...file('pyproject.toml', toml), isDeflated: true }]);
}

const HASH_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function listed(...lines: string[]): Buffer {
  const files = [file('pyproject.toml', SOUND_TOML), file('a.py', '')];
  const own = withContentList(files.slice(0, 1)).at(-1)?.content.toString() ?? '';
  return writeZip([...files, file('.info/CONTENT', [own, ...lines].join('\n'))]);
}

const LISTS: readonly HostileFab[] = [
  ['no list', () => writeZip([file('pyproject.toml', SOUND_TOML)]), /no \.info\/CONTENT/],
  [
    'a list of 5 MiB',
    () =>
      writeZip([
        file('pyproject.toml', SOUND_TOML),
        file('.info/CONTENT', 'x'.repeat(5 * MEBIBYTE)),
      ]),
    /5242880 bytes/,
  ],
  ['an unlisted file', () => listed(), /"a.py" is not listed/],
  ['a missing file', () => listed(`b.py,${HASH_OF_NOTHING},0`), /without such a file/],
  [
    'a size in bytes',
    () =>
      writeZip([
        ...fabWith(file('a.py')).slice(0, 2),
        file('.info/CONTENT', `a.py,${HASH_OF_NOTHING},6`),
      ]),
    /sized/,
  ],
  ['a wrong hash', () => listed(`a.py,${HASH_OF_NOTHING.replace('e3', 'e4')},0`), /hash/],
  ['a line twice', () => listed(`a.py,${HASH_OF_NOTHING},0`, `a.py,${HASH_OF_NOTHING},0`), /twice/],
  ['itself', () => listed(`.info/CONTENT,${HASH_OF_NOTHING},0`), /has the line/],
  ['a line of junk', () => listed('junk'), /has the line "junk"/],
];

const TOMLS: readonly HostileFab[] = [
  ['no pyproject.toml', () => writeZip(withContentList([file('a.py')])), /no pyproject.toml/],
  [
    'a huge one',
    () => writeZip(withToml(`${SOUND_TOML}#${'x'.repeat(MEBIBYTE)}`)),
    /at most 1048576/,
  ],
  ['one that is no TOML', () => writeZip(withToml('[project')), /can't be read/],
  [
    'one that is no UTF-8',
    () => writeZip(withContentList([{ name: 'pyproject.toml', content: Buffer.from([0xff]) }])),
    /UTF-8/,
  ],
  ['deep arrays', () => writeZip(withToml(`a = ${'['.repeat(40_000)}`)), /excessively nested/],
  ['deep inline tables', () => writeZip(withToml(`a = ${'{a='.repeat(20_000)}`)), /nested/],
  [
    'half a million dotted keys',
    () => writeZip(withToml(`${'a.'.repeat(500_000)}a = 1`)),
    /too many/,
  ],
  ['a deep table header', () => writeZip(withToml(`[${'a.'.repeat(500_000)}a]`)), /too many/],
  [
    'a hundred thousand keys',
    () => writeZip(withToml(Array.from({ length: 100_000 }, (_, i) => `k${i}=1`).join('\n'))),
    /too many/,
  ],
  [
    'a number of a million digits',
    () => writeZip(withToml(`a = ${'9'.repeat(1_000_000)}`)),
    /huge number/,
  ],
  [
    'a deep config at the limit of marks',
    () => writeZip(withToml(`${SOUND_TOML}[tool.flwr.app.config]\n${'a.'.repeat(49_000)}a = 1`)),
    /too long/,
  ],
  [
    'a config of long keys',
    () =>
      writeZip(
        withToml(
          `${SOUND_TOML}[tool.flwr.app.config.${'k'.repeat(500_000)}]\n${Array.from({ length: 40_000 }, (_, i) => `k${i}=1`).join('\n')}`,
        ),
      ),
    /too long/,
  ],
];

function withApp(from: string, to: string): Buffer {
  return writeZip(withToml(SOUND_TOML.replace(from, to)));
}

function withConfig(toml: string): Buffer {
  return writeZip(withToml(`${SOUND_TOML}[tool.flwr.app.config]\n${toml}`));
}

const APPS: readonly HostileFab[] = [
  ['no [project]', () => withApp('[project]', '[other]'), /no table \[project\]/],
  ['no name', () => withApp('name =', 'nome ='), /no text "name"/],
  ['a name that leaves its folder', () => withApp('"tally-app"', '"../../x"'), /folder's name/],
  ['a name that is a number', () => withApp('"tally-app"', '7'), /no text "name"/],
  ['no version', () => withApp('version =', 'vorsion ='), /no text "version"/],
  ['no publisher', () => withApp('publisher =', 'author ='), /no text "publisher"/],
  ['a publisher with a slash', () => withApp('"harbour"', '"a/b"'), /folder's name/],
  ['no [tool.flwr.app]', () => withApp('[tool.flwr.app]', '[tool.flwr.ape]'), /no table/],
  ['no clientapp', () => withApp('clientapp', 'nobody'), /"clientapp" is missing/],
  ['no serverapp', () => withApp('serverapp', 'nobody'), /"serverapp" is missing/],
  ['a component without an attribute', () => withApp('"a:b"', '"a:"'), /module:attribute/],
  ['a component that is a list', () => withApp('"a:b"', '["a:b"]'), /module:attribute/],
  [
    'an empty fab-include',
    () => withApp('publisher', 'fab-include = []\npublisher'),
    /fab-include/,
  ],
  ['a blank fab-exclude', () => withApp('publisher', 'fab-exclude = [" "]\npublisher'), /exclude/],
  ['format 2', () => withApp('publisher', 'fab-format-version = 2\npublisher'), /0 or 1/],
  ['format true', () => withApp('publisher', 'fab-format-version = true\npublisher'), /0 or 1/],
  ['a config that is no table', () => withApp('publisher', 'config = 1\npublisher'), /no table/],
  ['a config with a list', () => withConfig('a = [1]'), /"a" has to be an int/],
  ['a config with a date', () => withConfig('a.b = 2024-10-01'), /"a.b" has to be an int/],
  ['a config with 65 bits', () => withConfig('a = 9223372036854775808'), /64 bits/],
  [
    'a config with 10,001 values',
    () => withConfig(Array.from({ length: 10_001 }, (_, i) => `k${i}=1`).join('\n')),
    /more than 10000/,
  ],
];

const ALL: readonly (readonly [string, readonly HostileFab[]])[] = [
  ['a list of contents', LISTS],
  ['a pyproject.toml', TOMLS],
  ['an app', APPS],
];

describe.each(ALL)('%s', (_kind, cases) => {
  it.each(cases)('%s is refused, fast and in little memory', async (_what, make, message) => {
    await expectRefusal(make, message);
  });
});
