import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What one call cost: the statements by their names, and how many transactions were committed. */
export interface Usage {
  readonly statements: readonly string[];
  readonly commits: number;
}

const STARTUP_CODE_OFFSET = 8;
const LENGTH_BYTES = 4;
const TAG_BYTES = 1;
/** The replica's pool calls itself so; its LISTEN connection has another name. */
const POOL_NAME = '\0application_name\0superlink\0';
const SHOWN_CHARACTERS = 40;

/** First statements of transactions that a replica begins by itself, whatever is called. */
const UPKEEP = new Set([
  'try-job-lock',
  'read-clock',
  'nodes-seen',
  'tasks-seen',
  'find-nodes-to-wake',
  'ping',
  'beat-lease-clock',
  'confirm-logs', // for all batches of a tenth of a second at once
]);

/**
 * Stands between a replica and PostgreSQL and reads what the replica's pool sends, message by message of the wire
 * protocol: nothing that goes to the database can be missed, nothing has to be switched on there.
 */
export class StatementMeter {
  private readonly sockets = new Set<Socket>();
  private statements: string[] = [];
  private commits = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (socket) => {
      this.relay(socket);
    });
  }

  /** A meter in front of the database. */
  static async start(databaseUrl: string): Promise<StatementMeter> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new StatementMeter(server, new URL(databaseUrl));
  }

  /** The database's URL through the meter. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** What was sent since the last time, without the replica's own upkeep. */
  take(): Usage {
    const usage = { statements: this.statements, commits: this.commits };
    this.statements = [];
    this.commits = 0;
    return usage;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private relay(socket: Socket): void {
    const target = connect(Number(this.target.port || '5432'), this.target.hostname);
    const reader = new FrontendReader((statements, commits) => {
      this.count(statements, commits);
    });
    socket.on('data', (chunk) => {
      reader.add(chunk);
    });
    socket.pipe(target).pipe(socket);
    for (const [one, other] of [
      [socket, target],
      [target, socket],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined); // a killed replica; what is missing fails the test
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
  }

  private count(statements: readonly string[], commits: number): void {
    if (UPKEEP.has(statements[0] ?? '')) return;
    this.statements.push(...statements);
    this.commits += commits;
  }
}

/** Gets the statements of one transaction, or the one that was a transaction of its own, and its commits. */
type OnTransaction = (statements: readonly string[], commits: number) => void;

/** Reads what a client sends on one connection. */
class FrontendReader {
  private buffered: Buffer = Buffer.alloc(0);
  private isStarted = false;
  private isCounting = false;
  private unnamed = '';
  private bound = '';
  /** Statements of the open transaction, if there is one. */
  private open: string[] | undefined;

  constructor(private readonly onTransaction: OnTransaction) {}

  add(chunk: Buffer): void {
    this.buffered = Buffer.concat([this.buffered, chunk]);
    for (let length = this.nextLength(); length !== undefined; length = this.nextLength()) {
      const message = this.buffered.subarray(0, length);
      this.buffered = this.buffered.subarray(length);
      if (this.isStarted) this.readMessage(message);
      else this.readStartup(message);
    }
  }

  /** Length of the next message with its tag, once it is here as a whole. */
  private nextLength(): number | undefined {
    const tag = this.isStarted ? TAG_BYTES : 0;
    if (this.buffered.length < tag + LENGTH_BYTES) return undefined;
    const length = tag + this.buffered.readInt32BE(tag);
    return this.buffered.length < length ? undefined : length;
  }

  private readStartup(message: Buffer): void {
    this.isStarted = true;
    const parameters = message.toString('latin1', STARTUP_CODE_OFFSET - 1);
    this.isCounting = parameters.includes(POOL_NAME);
  }

  private readMessage(message: Buffer): void {
    if (!this.isCounting) return;
    const tag = message.toString('latin1', 0, TAG_BYTES);
    const [first = '', second = ''] = message
      .toString('latin1', TAG_BYTES + LENGTH_BYTES)
      .split('\0');
    // Parse and Bind: name and text, portal and name. What has no name is known by its text.
    if (tag === 'P' && first === '') this.unnamed = second;
    if (tag === 'B') this.bound = second || this.unnamed;
    if (tag === 'E') this.execute(this.bound);
    // a plain query: what begins and ends transactions comes this way
    if (tag === 'Q') this.executeText(first);
  }

  private executeText(text: string): void {
    const word = /^\s*(\w+)/.exec(text)?.[1]?.toLowerCase();
    if (word === 'begin' || word === 'start') this.open = [];
    else if (word === 'commit' || word === 'rollback') this.end(word === 'commit' ? 1 : 0);
    else this.execute(text);
  }

  private execute(statement: string): void {
    if (this.open === undefined) this.onTransaction([shown(statement)], 1);
    else this.open.push(shown(statement));
  }

  private end(commits: number): void {
    this.onTransaction(this.open ?? [], commits);
    this.open = undefined;
  }
}

function shown(statement: string): string {
  return statement.replace(/\s+/g, ' ').slice(0, SHOWN_CHARACTERS);
}
