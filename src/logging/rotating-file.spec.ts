import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SonicBoom } from 'sonic-boom';

import type { LogConfig } from '../config/config';
import { LogFileError, openRotatingFile } from './rotating-file';

const DAY_MILLISECONDS = 86_400_000;

let folder: string;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'superlink-log-'));
  said = [];
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const configFor = (file: string): LogConfig => ({
  level: 'info',
  format: 'json',
  file,
  rotationIntervalHours: 24,
  rotationBackupCount: 2,
});

async function open(file = join(folder, 'superlink.log')): Promise<SonicBoom> {
  return (await openRotatingFile(configFor(file), (line) => said.push(line))) as SonicBoom;
}

async function written(file: SonicBoom, line: string): Promise<void> {
  const drained = once(file, 'drain');
  file.write(`${line}\n`);
  await drained;
}

async function close(file: SonicBoom): Promise<void> {
  const closed = once(file, 'close');
  file.end();
  await closed;
}

const textOf = (): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');

describe('the log file', () => {
  it('is named by its time and a number', async () => {
    const file = await open();
    await written(file, 'one');
    await close(file);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^superlink\.[-\d]{13}\.1\.log$/)]);
  });

  it('ends the start with one line where it cannot be opened', async () => {
    const noFolder = join(folder, 'file');
    writeFileSync(noFolder, '');
    const opening = open(join(noFolder, 'superlink.log'));
    await expect(opening).rejects.toThrow(LogFileError);
    await expect(opening).rejects.toThrow(/^--log-file cannot be written \((ENOTDIR|EEXIST).*\)/);
  });

  it('leaves the replica serving when the disk is full, and says so once', async () => {
    const first = await open();
    await close(first);
    const [name = ''] = readdirSync(folder);
    rmSync(join(folder, name));
    symlinkSync('/dev/full', join(folder, name));
    const file = await open();
    for (const line of ['one', 'two', 'three']) {
      const failed = new Promise((resolve) => file.once('error', resolve));
      file.write(`${line}\n`);
      await failed;
    }
    expect(said).toEqual([expect.stringContaining('--log-file cannot be written (ENOSPC')]);
    file.destroy();
  });

  it('says so again when it could be written in between', async () => {
    const file = await open();
    for (const line of ['one', 'two']) {
      file.emit('error', new RangeError('broken'));
      file.emit('error', new RangeError('broken'));
      await written(file, line);
    }
    expect(said).toHaveLength(2);
    await close(file);
  });

  it('is dropped when it is old, not when its number is low after a pause', async () => {
    // in the future: what a file system says of the birth of files is then in the past, as after a pause
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    vi.setSystemTime(Date.now() + DAY_MILLISECONDS);
    const writeDays = async (days: readonly string[]) => {
      const file = await open();
      for (const day of days) {
        await written(file, day);
        const cleaned = once(file, 'cleanup-complete');
        vi.advanceTimersByTime(DAY_MILLISECONDS);
        await cleaned;
        await written(file, `after ${day}`);
      }
      await close(file);
    };
    await writeDays(['day 1', 'day 2', 'day 3', 'day 4']);
    vi.setSystemTime(Date.now() + 2 * DAY_MILLISECONDS);
    await writeDays(['day 7', 'day 8']);
    expect(textOf()).toContain('day 7');
    expect(textOf()).toContain('day 8');
    expect(textOf()).not.toContain('day 1');
  });
});
