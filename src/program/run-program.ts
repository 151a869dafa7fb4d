import { ConfigError } from '../config/config-error';
import { programVersion } from '../config/version';
import { readCommandLine } from './command-line';
import { explainStartFailure } from './start-failure';

const BAD_SETTINGS = 2;
const FAILED = 1;

/** Does what the arguments after the program's name say; resolves with the exit code. Never throws. */
export async function runProgram(args: readonly string[]): Promise<number> {
  const say = (line: string) => void process.stderr.write(`superlink: ${line}\n`);
  try {
    const request = readCommandLine(args, programVersion());
    if (request.command === 'print') {
      process.stdout.write(request.text);
      return 0;
    }
    const { serve, migrateOnly } = await import('./serve.js');
    return await (request.command === 'serve' ? serve : migrateOnly)(request.flags, say);
  } catch (error) {
    say(explainStartFailure(error));
    return error instanceof ConfigError ? BAD_SETTINGS : FAILED;
  }
}
