import type { Fault } from '../fault';
import { KILLED_REPLICAS } from './f01-killed-replicas';
import { KILLED_BEFORE_ANSWER } from './f02-killed-before-answer';
import { LOST_ANSWERS } from './f03-lost-answers';
import { REPLAYED_REQUESTS } from './f04-replayed-requests';
import { STOPPED_REPLICA } from './f05-stopped-replica';
import { BLOCKED_REPLICA } from './f06-blocked-replica';
import { ROLLING_RESTART } from './f07-rolling-restart';
import { SCALING } from './f08-scaling';
import { PARTITION } from './f09-partition';
import { ONE_WAY } from './f10-one-way';
import { VANISHED_PRIMARY } from './f11-vanished-primary';
import { DATABASE_RESTARTS } from './f12-database-restarts';
import { FAILOVER } from './f13-failover';
import { FAILOVERS_IN_A_ROW } from './f14-failovers';
import { FROZEN_DATABASE } from './f15-frozen-database';
import { SLOW_DATABASE } from './f16-slow-database';
import { NO_CONNECTIONS } from './f17-no-connections';
import { FULL_DISK } from './f18-full-disk';
import { PINNED_XMIN } from './f19-pinned-xmin';
import { DEADLOCKS_IN_A_STORM } from './f20-deadlocks';
import { SKEWED_CLOCK } from './f21-skewed-clock';
import { SKEWED_SUPERNODE } from './f22-skewed-supernode';
import { COLD_STARTS } from './f23-cold-starts';
import { ROLLING_UPGRADE } from './f24-rolling-upgrade';
import { LATE_DATABASE } from './f25-late-database';
import { OUT_OF_MEMORY } from './f26-out-of-memory';
import { KILLED_SUPERNODE } from './f27-killed-supernode';
import { KILLED_SERVERAPP } from './f28-killed-serverapp';
import { RECONNECTS } from './f29-reconnects';
import { STOPPED_RUN } from './f30-stopped-run';
import { BACKUP } from './f31-backup';
import { KILLED_BALANCER } from './f32-killed-balancer';
import { LONG_OUTAGE } from './lo-long-outage';
import { KILLED_POOLER } from './pb-killed-pooler';

/** In the order of the matrix. */
export const FAULTS: readonly Fault[] = [
  KILLED_REPLICAS,
  KILLED_BEFORE_ANSWER,
  LOST_ANSWERS,
  REPLAYED_REQUESTS,
  STOPPED_REPLICA,
  BLOCKED_REPLICA,
  ROLLING_RESTART,
  SCALING,
  PARTITION,
  ONE_WAY,
  VANISHED_PRIMARY,
  DATABASE_RESTARTS,
  FAILOVER,
  FAILOVERS_IN_A_ROW,
  FROZEN_DATABASE,
  SLOW_DATABASE,
  NO_CONNECTIONS,
  FULL_DISK,
  PINNED_XMIN,
  DEADLOCKS_IN_A_STORM,
  SKEWED_CLOCK,
  SKEWED_SUPERNODE,
  COLD_STARTS,
  ROLLING_UPGRADE,
  LATE_DATABASE,
  OUT_OF_MEMORY,
  KILLED_SUPERNODE,
  KILLED_SERVERAPP,
  RECONNECTS,
  STOPPED_RUN,
  BACKUP,
  KILLED_BALANCER,
  KILLED_POOLER,
  LONG_OUTAGE,
];

/** Those that every test run plays, with one seed. */
export const IN_EVERY_TEST = 'F1 F2 F3 F4 F5 F6 F7 F9 F12 F13 F23 F24 F25 F28 F30'.split(' ');
