import type { Fault } from '../fault';
import { KILLED_REPLICAS } from './f01-killed-replicas';
import { KILLED_BEFORE_ANSWER } from './f02-killed-before-answer';
import { LOST_ANSWERS } from './f03-lost-answers';
import { STOPPED_REPLICA } from './f05-stopped-replica';
import { BLOCKED_REPLICA } from './f06-blocked-replica';
import { ROLLING_RESTART } from './f07-rolling-restart';
import { PARTITION } from './f09-partition';
import { DATABASE_RESTARTS } from './f12-database-restarts';
import { FROZEN_DATABASE } from './f15-frozen-database';
import { NO_CONNECTIONS } from './f17-no-connections';
import { COLD_STARTS } from './f23-cold-starts';
import { KILLED_SERVERAPP } from './f28-killed-serverapp';
import { STOPPED_RUN } from './f30-stopped-run';

/** In the order of the matrix. */
export const FAULTS: readonly Fault[] = [
  KILLED_REPLICAS,
  KILLED_BEFORE_ANSWER,
  LOST_ANSWERS,
  STOPPED_REPLICA,
  BLOCKED_REPLICA,
  ROLLING_RESTART,
  PARTITION,
  DATABASE_RESTARTS,
  FROZEN_DATABASE,
  NO_CONNECTIONS,
  COLD_STARTS,
  KILLED_SERVERAPP,
  STOPPED_RUN,
];

/** Those that every test run plays, with one seed. */
export const IN_EVERY_TEST = ['F1', 'F2', 'F3', 'F5', 'F6', 'F7', 'F9', 'F12', 'F23', 'F28', 'F30'];
