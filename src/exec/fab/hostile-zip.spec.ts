import { describe, it } from 'vitest';

import {
  expectRefusal,
  fabWith,
  file,
  type HostileFab,
  SOUND_TOML,
} from '../../../test/fixtures/fab/hostile-fab';
import { withContentList, writeZip, type ZipFileToWrite } from '../../../test/support/zip-writer';
import { FAB_LIMIT_BYTES } from './fab.limits';

const MEBIBYTE = 1024 * 1024;

/** A sound FAB whose second file tells a lie in its headers. */
function lying(lie: Partial<ZipFileToWrite>): Buffer {
  return writeZip(fabWith({ ...file('a.py'), ...lie }));
}

function named(name: string | Buffer): Buffer {
  return writeZip(fabWith(file(name)));
}

function extraField(id: number, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
}

function zeros(bytes: number): ZipFileToWrite {
  return { name: 'zeros.json', content: Buffer.alloc(bytes), isDeflated: true };
}

function many(count: number): ZipFileToWrite[] {
  return Array.from({ length: count }, (_, index) => file(`f${index}.py`, ''));
}

/** 42.zip without nesting: all entries share one packed block of zeros. */
function overlapping(): Buffer {
  const kernel = zeros(5 * MEBIBYTE);
  const copies = Array.from({ length: 15 }, (_, index): ZipFileToWrite => {
    const local = { name: Buffer.from(kernel.name) };
    return { ...kernel, name: `z${index}.json`, local, offset: 0 };
  });
  return writeZip(withContentList([kernel, ...copies, file('pyproject.toml', SOUND_TOML)]));
}

/** Each copy has a header of its own kind, but they are the same bytes for those who don't compare. */
function sharingOneHeader(): Buffer {
  const first = file('pyproject.toml', SOUND_TOML);
  return writeZip([...withContentList([first]), { ...first, offset: 0 }]);
}

function withoutLastBytes(fab: Buffer, count: number): Buffer {
  return fab.subarray(0, fab.length - count);
}

const SOUND = writeZip(fabWith(file('a.py')));
const BROKEN_ZIPS: readonly HostileFab[] = [
  ['nothing', () => Buffer.alloc(0), /not a ZIP/],
  ['text', () => Buffer.from('#!/bin/sh\n'.repeat(20)), /not a ZIP/],
  [
    '10 MiB of end signatures',
    () => Buffer.alloc(FAB_LIMIT_BYTES - 2, 'PK\u0005\u0006'),
    /end record/,
  ],
  ['a cut file', () => withoutLastBytes(SOUND, 1), /not a ZIP/],
  ['bytes in front', () => Buffer.concat([Buffer.from('MZ'), SOUND]), /end record/],
  ['bytes behind', () => Buffer.concat([SOUND, Buffer.from('x')]), /not a ZIP/],
  ['a comment', () => writeZip(fabWith(), { comment: Buffer.from('hi') }), /not a ZIP/],
  ['a second disk', () => writeZip(fabWith(), { disk: 1 }), /end record/],
  ['a count that hides a file', () => writeZip(fabWith(file('a.py')), { entryCount: 2 }), /count/],
  ['a count beyond the files', () => writeZip(fabWith(), { entryCount: 9 }), /fewer/],
  ['a directory elsewhere', () => writeZip(fabWith(), { directoryStart: 7 }), /end record/],
  [
    'a ZIP64 locator',
    () => writeZip(fabWith(), { before: Buffer.from('PK\u0006\u0007'.padEnd(20, '\0')) }),
    /ZIP64/,
  ],
  ['10,001 entries', () => writeZip(many(10_001)), /10001 entries/],
  ['65,535 entries', () => writeZip(many(65_535)), /65535 entries/],
];

const PATHS: readonly HostileFab[] = [
  ['a way out', () => named('../evil.py'), /part ".."/],
  ['a way out in the middle', () => named('a/../../evil.py'), /part ".."/],
  ['a dot part', () => named('a/./b.py'), /part "."/],
  ['an empty part', () => named('a//b.py'), /part ""/],
  ['an absolute path', () => named('/etc/passwd'), /absolute/],
  ['a backslash', () => named('..\\evil.py'), /backslash/],
  ['a drive', () => named('C:evil.py'), /colon/],
  ['a Windows device', () => named('pkg/aux.py'), /device/],
  ['a part that ends in a dot', () => named('pkg./a.py'), /ends in a dot/],
  ['a NUL', () => named('a.py\0.txt'), /control/],
  ['a line feed', () => named('a\nb.py'), /control/],
  ['no name', () => named(''), /0 bytes/],
  ['a name of 60,000 bytes', () => named('n'.repeat(60_000)), /60000 bytes/],
  ['33 levels', () => named(`${'d/'.repeat(32)}a.py`), /levels/],
  ['a folder', () => writeZip(fabWith(file('pkg/', ''))), /folder/],
  ['bad UTF-8', () => lying({ name: Buffer.from([0xc0, 0xaf]), both: { flags: 0x800 } }), /UTF-8/],
  [
    'a name of no encoding',
    () => lying({ name: Buffer.from([0xe9]), both: { flags: 0 } }),
    /UTF-8/,
  ],
  ['a path twice', () => writeZip(fabWith(file('a.py'), file('a.py'))), /twice/],
  ['a file that is a folder', () => writeZip(fabWith(file('a'), file('a/b.py'))), /as a folder/],
];

const HEADERS: readonly HostileFab[] = [
  ['an encrypted file', () => lying({ both: { flags: 1, packedBytes: 18 } }), /encrypted/],
  ['strong encryption', () => lying({ both: { flags: 0x41 } }), /damaged/],
  ['a masked directory', () => lying({ both: { flags: 0x2000 } }), /encrypted/],
  ['another packing', () => lying({ both: { method: 12 } }), /method 12/],
  ['a symlink', () => lying({ mode: 0o120777 }), /link/],
  ['a device', () => lying({ mode: 0o060666 }), /link/],
  ['a DOS folder', () => lying({ dosAttributes: 0x10 }), /folder/],
  ['another name inside', () => lying({ local: { name: Buffer.from('b.py') } }), /differ/],
  ['another packing inside', () => lying({ local: { method: 8 } }), /differ/],
  ['another size inside', () => lying({ local: { unpackedBytes: 1 } }), /differ/],
  ['a wrong CRC', () => lying({ both: { crc: 1 } }), /damaged/],
  ['a wrong CRC of a packed file', () => lying({ isDeflated: true, both: { crc: 1 } }), /damaged/],
  [
    'a second name',
    () => lying({ central: { extra: extraField(0x7075, Buffer.from('\u0001....evil')) } }),
    /extra field/,
  ],
  ['a second size', () => lying({ central: { extra: extraField(1, Buffer.alloc(16)) } }), /extra/],
  [
    '160,000 extra fields',
    () =>
      writeZip(
        fabWith(...many(10).map((entry) => ({ ...entry, both: { extra: Buffer.alloc(65_532) } }))),
      ),
    /extra field of 65532/,
  ],
  [
    'a broken extra field',
    () => lying({ central: { extra: Buffer.from([1, 2, 9, 0]) } }),
    /damaged/,
  ],
  ['a file beyond the end', () => lying({ offset: 0x7fffffff }), /damaged/],
  [
    'a file inside the directory',
    () => lying({ both: { packedBytes: 99, unpackedBytes: 99 } }),
    /overlaps/,
  ],
  ['two entries of one header', sharingOneHeader, /twice/],
  [
    'a longer file than said',
    () => lying({ isDeflated: true, both: { unpackedBytes: 3 } }),
    /sized/,
  ],
  ['broken packing', () => lying({ packed: Buffer.from('junk!'), both: { method: 8 } }), /damaged/],
];

const BOMBS: readonly HostileFab[] = [
  ['100 MiB and one byte', () => writeZip(fabWith(zeros(100 * MEBIBYTE + 1))), /unpacks to/],
  ['a sum of 4 GiB', () => lying({ both: { method: 8, unpackedBytes: 0xffffffff } }), /unpacks to/],
  ['files that share their bytes', overlapping, /differ|overlaps/],
  [
    'a bomb said to be small',
    () => writeZip(fabWith({ ...zeros(50 * MEBIBYTE), both: { unpackedBytes: 10 } })),
    /sized/,
  ],
  [
    'a bomb said and listed to be small',
    () => writeZip([...fabWith(file('zeros.json', '')), { ...zeros(50 * MEBIBYTE), name: 'b' }]),
    /not listed/,
  ],
  [
    'a bomb that is listed as another',
    () => {
      const small = withContentList([file('pyproject.toml', SOUND_TOML), file('zeros.json', 'x')]);
      const bomb = { ...zeros(90 * MEBIBYTE), both: { unpackedBytes: 1 } };
      return writeZip(small.map((entry) => (entry.name === 'zeros.json' ? bomb : entry)));
    },
    /damaged/,
  ],
  [
    '99 MiB of a wrong hash',
    () => {
      const list = withContentList([file('pyproject.toml', SOUND_TOML), zeros(99 * MEBIBYTE)]);
      const other = Buffer.alloc(99 * MEBIBYTE, 1);
      return writeZip(
        list.map((entry) => (entry.name === 'zeros.json' ? { ...entry, content: other } : entry)),
      );
    },
    /hash/,
  ],
];

const ALL: readonly (readonly [string, readonly HostileFab[]])[] = [
  ['a file that is no plain ZIP', BROKEN_ZIPS],
  ['a path', PATHS],
  ['a header', HEADERS],
  ['a bomb', BOMBS],
];

describe.each(ALL)('%s', (_kind, cases) => {
  it.each(cases)('%s is refused, fast and in little memory', async (_what, make, message) => {
    await expectRefusal(make, message);
  });
});
