import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ids of the processes on whose command line `program` and `address` stand. */
export function running(program: string, address: string): string[] {
  return readdirSync('/proc').filter((id) => {
    const command = /^\d+$/.test(id) ? commandOf(id) : '';
    return command.includes(program) && command.includes(address);
  });
}

function commandOf(id: string): string {
  try {
    return readFileSync(join('/proc', id, 'cmdline'), 'utf8').replaceAll('\0', ' ');
  } catch {
    // It ended a moment ago.
    return '';
  }
}
