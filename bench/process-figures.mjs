/** What Linux says of a running process. */
import { readdirSync, readFileSync } from 'node:fs';

// USER_HZ is 100 on every Linux that Node runs on.
const TICKS_A_SECOND = 100;
const MIB_IN_KIB = 1024;
const FIELD_OF_USER_TICKS = 11;

function statusMib(pid, field) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)[1]) / MIB_IN_KIB;
}

/** Resident memory now, in MiB. */
export const residentMib = (pid) => statusMib(pid, 'VmRSS');

/** The most memory that was ever resident, in MiB. */
export const peakResidentMib = (pid) => statusMib(pid, 'VmHWM');

function statFields(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name stands in parentheses and may hold spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const ticksOf = (fields, from, count) =>
  fields.slice(from, from + count).reduce((sum, field) => sum + Number(field), 0);

/** CPU time of all threads since its start, in seconds. */
export function cpuSeconds(pid) {
  return ticksOf(statFields(pid), FIELD_OF_USER_TICKS, 2) / TICKS_A_SECOND;
}

/** The same with that of its children, those that have ended included. */
export function cpuSecondsOfTree(pid) {
  const own = ticksOf(statFields(pid), FIELD_OF_USER_TICKS, 4) / TICKS_A_SECOND;
  return childrenOf(pid).reduce((sum, child) => sum + cpuSecondsOfTree(child), own);
}

/** The process and all that come from it. */
export const processesOf = (pid) => [pid, ...childrenOf(pid).flatMap(processesOf)];

function childrenOf(pid) {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .split(' ')
      .filter((child) => child !== ''),
  );
}
