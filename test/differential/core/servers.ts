import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts } from '../../../scripts/flower/ports.mjs';
import { Household } from '../../../scripts/flower/processes.mjs';
import { ensureFlower } from '../../../scripts/flower/stock-environment.mjs';
import { startStockSuperLink } from '../../../scripts/flower/stock-superlink.mjs';
import { createDatabase } from '../../support/postgres';
import { type Addresses, killReplicas, startReplicas } from '../../support/replicas';

/** A stock SuperLink and one of ours, both new and empty. */
export interface Servers {
  readonly theirs: Addresses;
  readonly ours: Addresses;
  stop(): Promise<void>;
}

/** Starts both; `version` is that of the stock one, whose state is in an SQLite file. */
export async function startServers(version: string): Promise<Servers> {
  const directory = mkdtempSync(join(tmpdir(), 'superlink-differential-'));
  const household = new Household(directory);
  const [fleet = 0, serverAppIo = 0, control = 0, http = 0] = await freePorts(4);
  await startStockSuperLink({
    household,
    flower: await ensureFlower({ version }),
    directory,
    ports: { fleet, serverAppIo, control, http },
    database: join(directory, 'state.db'),
  });
  const database = await createDatabase();
  const [replica] = await startReplicas(1, database.url);
  const address = (port: number): string => `127.0.0.1:${port}`;
  return {
    theirs: {
      fleet: address(fleet),
      serverAppIo: address(serverAppIo),
      control: address(control),
      http: address(http),
    },
    ours: replica!.addresses,
    stop: async () => {
      await household.stop();
      await killReplicas([replica!]);
      await database.drop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
