import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

describe('npm run demo', () => {
  it('plays a run that does not notice the loss of a replica', async () => {
    const { stdout } = await run('npm', ['run', '--silent', 'demo']);
    expect(stdout).toContain('The run did not notice.');
  });
});
