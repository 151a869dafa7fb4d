/** What the replicas' logs and the database tell about a run. */
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

const WATCH_MS = 100;
/** Housekeeping clears an ended run away within 4 s. */
const CLEARED_MS = 20_000;

const HAND_OUTS = `
select message_id, hand_outs
from instruction
where run_id = $1::bigint`;

const LEFT_BEHIND = `
select
  (select count(*) from instruction where run_id = $1::bigint) as instructions,
  (select count(*) from reply where run_id = $1::bigint) as replies,
  (select count(*) from run_object where run_id = $1::bigint) as objects,
  (select count(*) from push_session where run_id = $1::bigint) as sessions`;

/** The uint64 id as PostgreSQL keeps it, in a signed bigint. */
const signed = (id) => BigInt.asIntN(64, BigInt(id)).toString();

/** Counts the calls that each replica answered, by service and method, from its JSON log. */
export class CallCounter {
  constructor(replicas) {
    this.calls = new Map(replicas.map(({ name }) => [name, new Map()]));
    for (const { name, child } of replicas) {
      for (const line of child.lines) this.#count(name, line.text);
      child.on('line', ({ text }) => this.#count(name, text));
    }
  }

  #count(name, text) {
    if (!text.includes('"msg":"rpc"')) return;
    const { rpc } = JSON.parse(text);
    const counts = this.calls.get(name);
    counts.set(rpc, (counts.get(rpc) ?? 0) + 1);
  }

  /** Calls of one replica whose path begins like this, e.g. `/flwr.proto.Fleet/`. */
  of(name, prefix = '') {
    const counts = [...this.calls.get(name)];
    return counts.reduce((sum, [rpc, count]) => (rpc.startsWith(prefix) ? sum + count : sum), 0);
  }

  /** The replica of the given ones that answered most. */
  busiest(replicas) {
    return replicas.toSorted((one, other) => this.of(other.name) - this.of(one.name))[0];
  }
}

/** Looks at a run's messages in the database while it goes on. */
export class DatabaseWitness {
  #timer;

  constructor(databaseUrl) {
    this.pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    // The database ends before the pool when the demo is stopped by a signal.
    this.pool.on('error', () => {});
    this.handOuts = new Map();
  }

  /** Begins to note how often each message of the run was handed out. */
  watch(runId) {
    const look = async () => {
      const { rows } = await this.pool.query(HAND_OUTS, [signed(runId)]);
      for (const row of rows) this.handOuts.set(row.message_id, row.hand_outs);
      this.#timer = setTimeout(again, WATCH_MS);
    };
    const again = () => look().catch(() => {});
    again();
  }

  /** How many messages were seen, and how many of them were handed out more than once. */
  seen() {
    const counts = [...this.handOuts.values()];
    return { messages: counts.length, again: counts.filter((count) => count > 1).length };
  }

  /** Rows of the ended run in the tables of messages and objects, by table, when housekeeping has had its time. */
  async leftBehind(runId) {
    const deadline = performance.now() + CLEARED_MS;
    for (;;) {
      const { rows } = await this.pool.query(LEFT_BEHIND, [signed(runId)]);
      const counts = Object.entries(rows[0]).map(([name, count]) => [name, Number(count)]);
      const isClear = counts.every(([, count]) => count === 0);
      if (isClear || performance.now() > deadline) return Object.fromEntries(counts);
      await pause(WATCH_MS);
    }
  }

  async close() {
    clearTimeout(this.#timer);
    await this.pool.end();
  }
}
