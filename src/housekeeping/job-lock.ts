import type { Transaction } from '../database/database';
import { sql, type Statement } from '../database/sql';

/** Locks fall with the transaction, so a replica that dies blocks nobody. */
const LOCK_KEY = sql`hashtextextended('superlink job ' || $1::text, 0)`;

const TRY_JOB_LOCK: Statement = {
  name: 'try-job-lock',
  text: sql`select pg_try_advisory_xact_lock(${LOCK_KEY}) as won`,
};
const WAIT_FOR_JOB_LOCK: Statement = {
  name: 'wait-for-job-lock',
  text: sql`select pg_advisory_xact_lock(${LOCK_KEY})`,
};

/** True: no other replica does this job until the transaction ends. False: another one does. */
export async function tryJobLock(tx: Transaction, job: string): Promise<boolean> {
  const [lock] = await tx.query<{ won: boolean }>(TRY_JOB_LOCK, [job]);
  return lock?.won === true;
}

/** Waits for the step of `job` that a replica is in; there is none from now to the end of the transaction. */
export async function waitForJobLock(tx: Transaction, job: string): Promise<void> {
  await tx.query(WAIT_FOR_JOB_LOCK, [job]);
}
