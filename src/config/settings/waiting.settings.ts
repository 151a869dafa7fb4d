import type { Setting } from '../setting';
import { seconds } from '../setting-kinds';

const LONGEST_HOLD_SECONDS = 600;
const LONGEST_MODEL_SECONDS = 86_400;

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
  modelLaunchSeconds: {
    group: 'Waiting',
    kind: seconds(LONGEST_MODEL_SECONDS),
    environment: 'FLWR_MODEL_TASK_LAUNCH_TIMEOUT',
    default: '300',
    doc: 'How long an agent that asks a model waits for a SuperExec to start it.',
  },
  modelResponseSeconds: {
    group: 'Waiting',
    kind: seconds(LONGEST_MODEL_SECONDS),
    environment: 'FLWR_MODEL_RESPONSE_TIMEOUT',
    default: '900',
    doc: 'How long it waits for the answer.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
