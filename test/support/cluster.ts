import { Pool } from 'pg';

import { createDatabase, type TestDatabase } from './postgres';
import { killReplicas, showLogsOfFailure, startReplicas, type TestReplica } from './replicas';
import type { RpcClients } from './rpc-clients';
import { connectTo } from './wire';

/** Generous, for machines that do much else at the same time. */
const START_MILLISECONDS = 180_000;

/** Two replicas over a database of their own, as most tests need them. */
export interface Cluster {
  readonly database: TestDatabase;
  readonly replicas: readonly TestReplica[];
  /** Calls alternate between the replicas. */
  readonly clients: RpcClients;
  /** Another set of connections to the replicas, closed with the cluster. */
  connect(indexes?: readonly number[]): RpcClients;
  /** Reads or changes the database behind the replicas' backs. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The number in the first column of the only row. */
  count(text: string, values?: readonly unknown[]): Promise<number>;
}

/** Registers the start and the end of a cluster with the running test file; use it inside `describe`. */
export function useCluster({ count = 2, flags = [] as readonly string[] } = {}): Cluster {
  let database: TestDatabase;
  let replicas: TestReplica[] = [];
  let admin: Pool;
  const opened: RpcClients[] = [];
  const connect = (indexes: readonly number[] = [...replicas.keys()]): RpcClients => {
    const clients = connectTo(indexes.map((index) => replicas[index]!.addresses));
    opened.push(clients);
    return clients;
  };
  let clients: RpcClients;

  beforeAll(async () => {
    database = await createDatabase();
    admin = new Pool({ connectionString: database.url, max: 4 });
    replicas = await startReplicas(count, database.url, flags);
    clients = connect();
  }, START_MILLISECONDS);
  afterEach(({ task }) => {
    showLogsOfFailure(task.result?.state === 'fail', replicas);
  });
  afterAll(async () => {
    for (const each of opened) each.close();
    await killReplicas(replicas);
    await admin.end();
    await database.drop();
  });

  const query = async <Row extends object>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => (await admin.query<Row>(text, [...values])).rows;
  return {
    get database() {
      return database;
    },
    get replicas() {
      return replicas;
    },
    get clients() {
      return clients;
    },
    connect,
    query,
    count: async (text, values) => Number(Object.values((await query(text, values))[0]!)[0]),
  };
}
