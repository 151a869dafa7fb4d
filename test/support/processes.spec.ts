import { rm } from 'node:fs/promises';

import { waitUntil } from '../../scripts/flower/ports.mjs';
import { Household } from '../../scripts/flower/processes.mjs';
import { newFolder } from './superlink-program';

describe('a program of the household', () => {
  let household: Household;

  beforeEach(() => {
    household = new Household(newFolder('household'));
  });
  afterEach(async () => {
    await household.stop();
    await rm(household.logDirectory, { recursive: true, force: true });
  });

  it('that is not there says so in the error of whoever waits for it', async () => {
    const child = household.start('proxy', 'no-such-program', []);
    const waiting = waitUntil('an answer', () => Promise.resolve(false), { child });
    await expect(waiting).rejects.toThrow(
      /^proxy ended\n.*spawn no-such-program ENOENT: is it installed\?$/,
    );
  });

  it('that has ended leaves alone who was given its number', async () => {
    const ended = household.start('ended', 'true', []);
    const heir = household.start('heir', 'sleep', ['60']);
    await ended.exited;
    Object.assign(ended, { pid: heir.pid });
    ended.kill();
    process.kill(heir.pid, 'SIGTERM'); // a SIGKILL before would have been first
    expect((await heir.exited).signal).toBe('SIGTERM');
  });

  it('that has ended takes with it what it has left', async () => {
    const parent = household.start('parent', 'sh', ['-c', 'sleep 60 &']);
    await expect.poll(() => parent.process.exitCode).toBe(0);
    parent.kill();
    await parent.exited; // when nobody can write to its output any more
  });
});
