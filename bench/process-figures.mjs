/** What Linux says of a running process. */
import { readFileSync } from 'node:fs';

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

/** CPU time of all threads since its start, in seconds. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name stands in parentheses and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[FIELD_OF_USER_TICKS]) + Number(fields[FIELD_OF_USER_TICKS + 1]);
  return ticks / TICKS_A_SECOND;
}
