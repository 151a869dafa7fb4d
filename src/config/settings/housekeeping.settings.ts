import type { Setting } from '../setting';
import { wholeNumber } from '../setting-kinds';

const MOST_DAYS = 36_500;

export const HOUSEKEEPING_SETTINGS = {
  logRetentionDays: {
    group: 'Housekeeping',
    kind: wholeNumber(0, MOST_DAYS, 'days'),
    default: '90',
    doc: 'So long after its end the log, events and usage of a run are kept; 0: for ever. The run stays listed.',
  },
  nodeRetentionDays: {
    group: 'Housekeeping',
    kind: wholeNumber(0, MOST_DAYS, 'days'),
    default: '30',
    doc: 'So long a SuperNode that registered itself is remembered after it was last seen; 0: for ever.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
