/** The turns of `rounds` with two SuperNodes: shown, not judged, for the ClientApps compete for the cores. */
import { playInTurns, tablesOf } from './rounds.mjs';

const NODES = 2;

/** See `report` for what is returned. */
export async function measure(options) {
  const turns = await playInTurns({ ...options, nodes: NODES });
  const isSame = new Set(turns.map(({ checksum }) => checksum)).size === 1;
  return {
    tables: tablesOf(turns),
    goals: [{ holds: isSame, text: 'all runs came to the same checksum' }],
    data: { turns },
  };
}
