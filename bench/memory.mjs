/** The memory of a replica that passes a model to four nodes, and one back from each. */
import { passModel, phaseRows } from './model-passing.mjs';
import { residentMib } from './process-figures.mjs';
import { startDatabase, startReplica } from './superlink.mjs';

const NODES = 4;
const MODEL_MIB = 200;
const GOAL_PEAK_MB = 350;
const MIB_IN_MB = 2 ** 20 / 1e6;

/** See `report` for what is returned. */
export async function measure({ household, directory, program }) {
  const databaseUrl = await startDatabase({ household, directory });
  const replica = await startReplica({ household, program, databaseUrl, name: 'replica' });
  const atStartMib = residentMib(replica.child.pid);
  const phases = await passModel(replica, { nodes: NODES, mebibytes: MODEL_MIB });
  const peakMb = phases.at(-1).peakMib * MIB_IN_MB;
  return {
    tables: [{ heading: `Memory and CPU of the replica`, rows: phaseRows(phases) }],
    goals: [
      {
        holds: peakMb < GOAL_PEAK_MB,
        text: `peak ${peakMb.toFixed(0)} MB (below ${GOAL_PEAK_MB}; ${(atStartMib * MIB_IN_MB).toFixed(0)} at the start)`,
      },
    ],
    data: { atStartMib, phases },
  };
}
