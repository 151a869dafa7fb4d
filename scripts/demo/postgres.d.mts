import type { Household } from '../flower/processes.mjs';

export function startPostgres(options: {
  readonly household: Household;
  readonly directory: string;
  readonly port: number;
  readonly settings?: readonly string[];
}): Promise<string>;
