import { readFileSync } from 'node:fs';

import type { TestReplica } from '../../support/replicas';

/** Memory that a replica has taken from the system, in bytes; its log names its process. */
export function residentBytesOf(replica: TestReplica): number {
  const id = replica.log.map((line) => /"pid":(\d+)/.exec(line)?.[1]).find(Boolean);
  const kibibytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}
