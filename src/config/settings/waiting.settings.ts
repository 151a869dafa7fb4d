import type { Setting } from '../setting';
import { seconds } from '../setting-kinds';

const LONGEST_HOLD_SECONDS = 600;

export const WAITING_SETTINGS = {
  nodeHoldSeconds: {
    group: 'Waiting',
    kind: seconds(LONGEST_HOLD_SECONDS),
    default: '20',
    doc: 'How long an empty poll of a SuperNode is held open; 0 answers at once. Over HTTP at most 25 s.',
  },
  serverappHoldSeconds: {
    group: 'Waiting',
    kind: seconds(LONGEST_HOLD_SECONDS),
    default: '10',
    doc: 'The same for a ServerApp that waits for replies.',
  },
  taskHoldSeconds: {
    group: 'Waiting',
    kind: seconds(LONGEST_HOLD_SECONDS),
    default: '5',
    doc: 'The same for a SuperExec that waits for tasks.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
