import { InitialSchema1795000000001 } from './0001-initial-schema';
import { AppsAndSummaries1795000000002 } from './0002-apps-and-summaries';
import { SimulationConfig1795000000003 } from './0003-simulation-config';
import { UnsignedNodes1795000000004 } from './0004-unsigned-nodes';
import { SchemaFloor1795000000005 } from './0005-schema-floor';
import { Housekeeping1795000000006 } from './0006-housekeeping';
import { DoneInstructions1795000000007 } from './0007-done-instructions';
import { LeaseClock1795000000008 } from './0008-lease-clock';
import { SteadyPlans1795000000009 } from './0009-steady-plans';
import { TrafficEntries1795000000010 } from './0010-traffic-entries';
import { TaskMessageExpiry1795000000011 } from './0011-task-message-expiry';

/** All migrations, oldest first. Append only: a released one never changes. */
export const MIGRATIONS = [
  InitialSchema1795000000001,
  AppsAndSummaries1795000000002,
  SimulationConfig1795000000003,
  UnsignedNodes1795000000004,
  SchemaFloor1795000000005,
  Housekeeping1795000000006,
  DoneInstructions1795000000007,
  LeaseClock1795000000008,
  SteadyPlans1795000000009,
  TrafficEntries1795000000010,
  TaskMessageExpiry1795000000011,
];
