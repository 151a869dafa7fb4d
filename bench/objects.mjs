/** A large model to three nodes and back, over gRPC and over HTTP: the memory of the replica between them. */
import { join } from 'node:path';

import { passModel, phaseRows } from './model-passing.mjs';
import { startDatabase, startReplica } from './superlink.mjs';

const NODES = 3;
const MODEL_MIB = 500;
const TRANSPORTS = ['grpc', 'http'];
const GOAL_PEAK_MB = 400;
const MIB_IN_MB = 2 ** 20 / 1e6;

/** See `report` for what is returned. */
export async function measure({ household, directory, program }) {
  const databaseUrl = await startDatabase({ household, directory: join(directory, 'database') });
  const tables = [];
  const goals = [];
  const data = {};
  for (const transport of TRANSPORTS) {
    // Each with a replica of its own: peaks do not go back.
    const replica = await startReplica({ household, program, databaseUrl, name: transport });
    const phases = await passModel(replica, { nodes: NODES, mebibytes: MODEL_MIB, transport });
    const peakMb = phases.at(-1).peakMib * MIB_IN_MB;
    tables.push({ heading: `Over ${transport}`, rows: phaseRows(phases) });
    goals.push({
      holds: peakMb < GOAL_PEAK_MB,
      text: `${transport}: all bytes arrived, peak ${peakMb.toFixed(0)} MB (below ${GOAL_PEAK_MB})`,
    });
    data[transport] = phases;
  }
  return { tables, goals, data };
}
