import { PostgresHome } from './postgres-home';
import { PostgresInstance } from './postgres-instance';

/** A running PostgreSQL of its own, empty, on a free port of 127.0.0.1. */
export interface PostgresServer {
  /** postgres:// URL of the superuser, at the database `postgres`. */
  readonly adminUrl: string;
  /** Ends the server and deletes its data. */
  stop(): Promise<void>;
}

/** Starts one with the data of nobody else; it dies with the test run, whatever ends that. `native` as of its home. */
export async function startPostgresServer(native?: string): Promise<PostgresServer> {
  const home = await PostgresHome.create(native);
  try {
    const instance = await PostgresInstance.start(home, await home.initialise('data'));
    return { adminUrl: instance.url, stop: () => home.remove() };
  } catch (cause) {
    await home.remove();
    throw cause;
  }
}
