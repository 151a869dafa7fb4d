import { expect } from 'vitest';

import { outcomeOf } from '../../support/rpc-clients';
import { changedTables } from './table-state';
import type { World } from './world';

/** What the call was answered (`PERMISSION_DENIED 2007`, `OK`), after seeing that it changed no row. */
export async function outcomeWithoutTrace(
  world: World,
  call: () => Promise<unknown>,
): Promise<string> {
  const before = await world.tables.state();
  const outcome = await outcomeOf(call());
  expect(changedTables(before, await world.tables.state())).toEqual([]);
  return outcome;
}
