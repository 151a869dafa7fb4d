import { rm } from 'node:fs/promises';

import { waitUntil } from '../../scripts/flower/ports.mjs';
import { Household } from '../../scripts/flower/processes.mjs';
import { newFolder } from './superlink-program';

describe('a program of the household', () => {
  it('that is not there says so in the error of whoever waits for it', async () => {
    const folder = newFolder('household');
    const household = new Household(folder);
    const child = household.start('proxy', 'no-such-program', []);
    const waiting = waitUntil('an answer', () => Promise.resolve(false), { child });
    await expect(waiting).rejects.toThrow(
      /^proxy ended\n.*spawn no-such-program ENOENT: is it installed\?$/,
    );
    await household.stop();
    await rm(folder, { recursive: true, force: true });
  });
});
