import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { ApiAddresses } from '../../scripts/flower/federation.mjs';
import { addressesOf, freePorts, waitUntil } from '../../scripts/flower/ports.mjs';
import type { Child, Household } from '../../scripts/flower/processes.mjs';
import { type ProxyAnswer, recordAnswers, withAnswerLog } from './answer-log';
import { apiOf, type Balancer, BALANCER_STAGE, type ReplicaPorts } from './balancer';
import type { Certificates } from './credentials';

const TEMPLATE = 'docker/haproxy.cfg';
const UP_MILLISECONDS = 30_000;
const COLUMNS = { proxy: 0, server: 1, sessions: 4, retries: 15, status: 17 };

/** The lines of one API, whose port they end with. */
const SERVERS = /(?: +server superlink-\d+ superlink-\d+:(\d+)\n)+/g;

/** An API as HAProxy's configuration names it. */
export type ProxyName = 'fleet' | 'serverappio' | 'control' | 'http';

interface ServerState {
  readonly proxy: string;
  readonly server: string;
  readonly sessions: number;
  readonly retries: number;
  readonly status: string;
}

/** A real HAProxy that runs what docker/haproxy.cfg says, with the addresses of a test. */
export class HaProxy implements Balancer {
  private readonly answers: ProxyAnswer[] = [];

  private constructor(
    private readonly household: Household,
    private readonly path: string,
    readonly addresses: ApiAddresses,
    private readonly socket: string,
  ) {}

  /** Resolves when all replicas are in service; they are to be ready by now. `tls` is that of the replicas. */
  static async start(
    household: Household,
    directory: string,
    replicas: readonly ReplicaPorts[],
    tls?: Certificates,
  ): Promise<HaProxy> {
    const [fleet = 0, serverAppIo = 0, control = 0, http = 0] = await freePorts(4);
    const ports = { fleet, serverAppIo, control, http };
    const socket = join(directory, 'haproxy.sock');
    const path = join(directory, 'haproxy.cfg');
    const plain = configuration(ports, replicas, socket);
    writeFileSync(path, tls === undefined ? plain : withTls(plain, tls, directory));
    const proxy = new HaProxy(household, path, addressesOf(ports), socket);
    await proxy.start();
    return proxy;
  }

  /** The process that was started last. */
  get child(): Child {
    return this.household.find('haproxy')!;
  }

  /** Starts it, again if it has ended; resolves when all replicas are in service. */
  async start(): Promise<void> {
    const args = ['-db', '-f', this.path];
    const child = this.household.start('haproxy', 'haproxy', args, { stage: BALANCER_STAGE });
    recordAnswers(child, this.answers);
    await this.untilAllUp();
  }

  /** SIGKILL: all connections through it are lost, and nothing listens any more. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.child.exited;
  }

  /** Another one in its place, with what `change` makes of its configuration. */
  async restartWith(change: (configuration: string) => string): Promise<void> {
    const own = readFileSync(this.path, 'utf8');
    writeFileSync(this.path, change(own));
    try {
      await this.kill();
      await this.start();
    } finally {
      writeFileSync(this.path, own);
    }
  }

  /** From now on it reaches a replica, and asks for its health, at these ports; what was connected is cut. */
  async reroute(replica: number, ports: ReplicaPorts): Promise<void> {
    const server = `superlink-${replica + 1}`;
    for (const [proxy, port] of Object.entries(addressesByProxy(ports))) {
      const name = `${proxy}/${server}`;
      await this.command(`set server ${name} addr 127.0.0.1 port ${port}`);
      await this.command(`set server ${name} check-port ${ports.http}`);
      await this.command(`shutdown sessions server ${name}`);
    }
  }

  /** Until every replica gets new connections. */
  async untilAllUp(): Promise<void> {
    const areUp = async (): Promise<boolean> => {
      const states = await this.states().catch(() => []);
      return states.length > 0 && states.every(({ status }) => status === 'UP');
    };
    const limits = { child: this.child, timeoutMs: UP_MILLISECONDS };
    await waitUntil('all replicas in HAProxy', areUp, limits);
  }

  /** Index of the replica that has most connections of an API. */
  async busiest(proxy: ProxyName): Promise<number> {
    const states = (await this.states()).filter((state) => state.proxy === proxy);
    const most = states.toSorted((one, other) => other.sessions - one.sessions)[0]!;
    return Number(most.server.split('-')[1]) - 1;
  }

  /** Over HTTP, from then on (milliseconds since the epoch), across its starts. */
  answersSince(since: number): ProxyAnswer[] {
    return this.answers.filter(({ at }) => at >= since);
  }

  /** How often it tried a connection or a request once more. */
  async retries(proxy: ProxyName): Promise<number> {
    const states = (await this.states()).filter((state) => state.proxy === proxy);
    return states.reduce((sum, { retries }) => sum + retries, 0);
  }

  /** Gives new connections of an API to any replica but this one, until `admit`. */
  async avoid(proxy: ProxyName, replica: number): Promise<void> {
    await this.command(`set server ${proxy}/superlink-${replica + 1} state drain`);
  }

  async admit(proxy: ProxyName, replica: number): Promise<void> {
    await this.command(`set server ${proxy}/superlink-${replica + 1} state ready`);
  }

  private async states(): Promise<ServerState[]> {
    const table = await this.command('show stat');
    return table
      .split('\n')
      .map((line) => line.split(','))
      .filter(([, server]) => server?.startsWith('superlink-'))
      .map((cells) => ({
        proxy: cells[COLUMNS.proxy]!,
        server: cells[COLUMNS.server]!,
        sessions: Number(cells[COLUMNS.sessions]),
        retries: Number(cells[COLUMNS.retries]),
        status: cells[COLUMNS.status]!,
      }));
  }

  private async command(command: string): Promise<string> {
    const connection = connect(this.socket);
    connection.write(`${command}\n`);
    return text(connection);
  }
}

function configuration(
  own: ReplicaPorts,
  replicas: readonly ReplicaPorts[],
  socket: string,
): string {
  return withAnswerLog(readFileSync(TEMPLATE, 'utf8'))
    .replace(/^global$/m, `global\n    stats socket ${socket} level admin`)
    .replace(/bind :(\d+)/g, (_, port: string) => `bind 127.0.0.1:${own[apiOf(port)]}`)
    .replace(SERVERS, (_, port: string) => serversOf(apiOf(port), replicas));
}

/** A line for each replica in place of those of the template, whose comment says to add what there is more. */
function serversOf(api: keyof ReplicaPorts, replicas: readonly ReplicaPorts[]): string {
  return replicas
    .map((ports, index) => {
      const address = `127.0.0.1:${ports[api]} port ${ports.http}`;
      return `    server superlink-${index + 1} ${address}\n`;
    })
    .join('');
}

/** What the comments of the template say of replicas that serve TLS. */
function withTls(plain: string, tls: Certificates, directory: string): string {
  const identity = join(directory, 'haproxy.pem');
  writeFileSync(identity, [tls.certificate, tls.key].map((path) => readFileSync(path)).join(''));
  return plain
    .replace('default-server check', 'default-server check check-ssl verify none')
    .replace(
      /(listen http\n +bind \S+)/,
      `$1 ssl crt ${identity}\n    default-server ssl verify required ca-file ${tls.authority}`,
    );
}

function addressesByProxy(ports: ReplicaPorts): Record<ProxyName, number> {
  const { fleet, serverAppIo, control, http } = ports;
  return { fleet, serverappio: serverAppIo, control, http };
}
