import { Client } from 'pg';

import { useCluster } from '../../support/cluster';
import { NodeActor } from '../../support/node-actor';
import { outcomeOf } from '../../support/rpc-clients';
import { startRun } from '../../support/task-actor';

const LOCK_MILLISECONDS = 5_000;
const STATEMENT_MILLISECONDS = 15_000;
const SLACK_MILLISECONDS = 3_000;
/** Statements of the calls: housekeeping's begin and end all the time. */
const AT_WORK = `
  select count(*) from pg_stat_activity where datname = current_database() and application_name = 'superlink'
    and state <> 'idle' and query_start < now() - interval '4 seconds'`;

describe('a call whose statement does not come to its end', () => {
  const cluster = useCluster({ count: 1 });

  const timed = async (call: Promise<unknown>) => {
    const start = performance.now();
    const outcome = await outcomeOf(call);
    return { outcome, milliseconds: performance.now() - start };
  };

  it('is told to come again: after 5 s at a lock, after 15 s at work, and nothing goes on behind it', async () => {
    const node = await NodeActor.online(cluster.clients);
    await cluster.query(`create function dawdle() returns trigger language plpgsql as $$
      begin perform pg_sleep(60); return new; end $$`);
    await cluster.query(
      'create trigger dawdle before insert on run for each row execute function dawdle()',
    );
    const dawdling = timed(startRun(cluster.clients));
    const locker = new Client({ connectionString: cluster.database.url });
    await locker.connect();
    await locker.query('begin');
    await locker.query('lock table node in access exclusive mode');
    const blocked = await timed(node.heartbeat());
    await locker.end();
    expect(blocked.outcome).toBe('UNAVAILABLE');
    expect(blocked.milliseconds).toBeGreaterThan(LOCK_MILLISECONDS - 1_000);
    expect(blocked.milliseconds).toBeLessThan(LOCK_MILLISECONDS + SLACK_MILLISECONDS);
    const late = await dawdling;
    expect(late.outcome).toBe('UNAVAILABLE');
    expect(late.milliseconds).toBeLessThan(STATEMENT_MILLISECONDS + SLACK_MILLISECONDS);
    expect(await cluster.count(AT_WORK)).toBe(0);
  });
});

describe('a call whose statement PostgreSQL refuses', () => {
  const cluster = useCluster({ count: 1 });

  it('costs nobody a connection', async () => {
    const node = await NodeActor.online(cluster.clients);
    const runId = await startRun(cluster.clients);
    const youngest = `select max(backend_start)::text as at from pg_stat_activity
      where datname = current_database() and application_name = 'superlink'`;
    await Promise.all(Array.from({ length: 20 }, () => node.pull())); // opens what the pool may have
    const before = await cluster.query(youngest);
    for (let call = 0; call < 20; call += 1) {
      expect(await outcomeOf(node.confirm(runId, '\0'))).not.toBe('OK');
    }
    expect(await cluster.query(youngest)).toEqual(before);
  });
});
