import { Client, type ClientConfig } from 'pg';

import { breaksConnection, errorCode } from './database-errors';
import type { DatabaseServers, ServerConnection } from './database-servers';

const READ_ONLY = '25006';
const CONNECTION_FAILURE = '08006';
/** Each server of several must leave time for the others within the patience of a call. */
const CONNECT_MILLISECONDS = 5_000;
const CONNECT_TO_ONE_OF_SEVERAL_MILLISECONDS = 2_000;

/**
 * Behind a transaction pooler settings of a session cannot come with its start; the zone can be set later, since
 * poolers carry it over. What a pooler reports of the server may be old: that is asked, too, in the same round trip.
 */
const OPEN_THROUGH_POOLER = `
select set_config('TimeZone', 'UTC', false), pg_is_in_recovery() as is_read_only`;
/** Only where a proxy kept to itself what servers report. */
const ASK = 'select pg_is_in_recovery() as is_read_only';

export interface LastingConfig extends ClientConfig {
  readonly servers: DatabaseServers;
  /** True: there is a transaction pooler on the way. */
  readonly isPooled: boolean;
}

/** The server answers, and takes no writes. */
class ReadOnlyServerError extends Error {
  readonly code = READ_ONLY;

  constructor() {
    super('the server is a read-only standby');
  }
}

/** Another server takes writes: the one that was asked does not any more, and may never answer. */
class ReplacedServerError extends Error {
  readonly code = CONNECTION_FAILURE;

  constructor() {
    super('another server has taken over');
  }
}

/**
 * A connection to the server that `servers` points at, which may break at any moment: between two statements, or in
 * the very packet that ends the login, nobody else listens, and an error without a listener would end the process.
 * Its next statement fails. A server that takes no writes is left, at the login and whenever it says so later.
 */
export class LastingClient extends Client implements ServerConnection {
  readonly url: string;
  /** What the server says of itself, at the login and whenever it changes. */
  private readonly reported = new Map<string, string>();
  private readonly fault: Error | undefined;

  constructor(private readonly lasting: LastingConfig) {
    const { servers } = lasting;
    const url = servers.current;
    const isOneOfSeveral = servers.count > 1;
    const fault = faultOf(url);
    super({
      ...lasting,
      connectionString: fault === undefined ? url : undefined,
      connectionTimeoutMillis: isOneOfSeveral
        ? CONNECT_TO_ONE_OF_SEVERAL_MILLISECONDS
        : CONNECT_MILLISECONDS,
    });
    this.url = url;
    this.fault = fault;
    this.on('error', () => undefined);
    this.connection.on('parameterStatus', (message: ReportedParameter) => {
      this.reported.set(message.parameterName, message.parameterValue);
    });
    this.connection.on('errorMessage', (error: unknown) => {
      // whoever holds it gets the error first; a pool takes back nothing that ends
      if (errorCode(error) === READ_ONLY) process.nextTick(() => void this.end());
    });
  }

  override connect(): Promise<Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<Client> | undefined {
    const connected = this.connectForWrites();
    if (callback === undefined) return connected;
    const done = callback as (error?: Error) => void;
    connected.then(() => {
      done();
    }, done);
    return undefined;
  }

  /** The server does not answer: the next connection goes to another one, if there is one. */
  leaveServer(): void {
    this.lasting.servers.leave(this.url);
  }

  /** The error lets a pool drop it, too, where it lies idle. */
  cut(): void {
    this.connection.stream.destroy(new ReplacedServerError());
  }

  private async connectForWrites(): Promise<Client> {
    if (this.fault !== undefined) throw this.fault;
    const { servers, isPooled } = this.lasting;
    servers.add(this);
    this.once('end', () => {
      servers.remove(this);
    });
    try {
      await super.connect();
      if (await this.isReadOnly()) throw new ReadOnlyServerError();
      if (!isPooled) servers.found(this.url); // several poolers may lead to one server
      return this;
    } catch (error) {
      void this.end();
      if (breaksConnection(error)) this.leaveServer();
      throw error;
    }
  }

  private async isReadOnly(): Promise<boolean> {
    const { isPooled, servers } = this.lasting;
    const isStandby = this.reported.get('in_hot_standby');
    const isAsked = isPooled || (servers.needsWrites && isStandby === undefined);
    const isReadOnly = isAsked
      ? await this.ask(isPooled ? OPEN_THROUGH_POOLER : ASK)
      : [isStandby, this.reported.get('default_transaction_read_only')].includes('on');
    return isReadOnly && servers.needsWrites;
  }

  private async ask(text: string): Promise<boolean> {
    const { rows } = await this.query<{ is_read_only: boolean }>(text);
    return rows[0]?.is_read_only !== false;
  }
}

/**
 * What keeps the driver from making a client: it reads the certificates that a URL names when it makes one, which a pool
 * does also where nobody could catch.
 */
function faultOf(url: string): Error | undefined {
  try {
    new Client({ connectionString: url });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new RangeError(String(error));
  }
}

interface ReportedParameter {
  readonly parameterName: string;
  readonly parameterValue: string;
}
