import type { Setting } from '../setting';
import { SWITCH } from '../setting-kinds';

export const SIMULATION_SETTINGS = {
  simulation: {
    group: 'Simulation',
    kind: SWITCH,
    default: 'false',
    doc: 'Simulate every run within one process of a SuperExec; Fleet is not served over gRPC.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
