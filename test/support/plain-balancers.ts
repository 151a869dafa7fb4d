import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ApiAddresses } from '../../scripts/flower/federation.mjs';
import { addressesOf, freePorts, waitForPort, waitUntil } from '../../scripts/flower/ports.mjs';
import type { Child, Household } from '../../scripts/flower/processes.mjs';
import { ensureCaddy } from '../../scripts/flower/stock-environment.mjs';
import { apiOf, type Balancer, BALANCER_STAGE, type ReplicaPorts } from './balancer';

/** The lines of one API, whose port they have. */
const NGINX_SERVERS = /(?: +server superlink-\d+:(\d+) .*\n)+/g;
const CADDY_UPSTREAMS = /superlink-\d+:8000( superlink-\d+:8000)*/g;
/** What they say of a replica that they leave out from then on: nginx of each connection, Caddy of each check. */
const NGINX_TROUBLE = /\[error\]/;
const CADDY_TROUBLE = /HTTP request failed|status code out of tolerances/;
/** The second for which nginx leaves a replica out, by its clock of whole ones; more than four checks of Caddy's. */
const LEFT_OUT_MILLISECONDS = 2_000;
const UP_MILLISECONDS = 30_000;

/** A balancer that does not tell what it thinks of replicas, but for what it says when one has failed it. */
class PlainBalancer implements Balancer {
  constructor(
    readonly child: Child,
    readonly addresses: ApiAddresses,
    private readonly trouble: RegExp,
  ) {}

  async untilAllUp(): Promise<void> {
    const isOver = (): boolean => {
      const last = this.child.lines.findLast(({ text }) => this.trouble.test(text));
      return Date.now() - (last?.at ?? 0) > LEFT_OUT_MILLISECONDS;
    };
    const limits = { child: this.child, timeoutMs: UP_MILLISECONDS };
    await waitUntil(`all replicas in ${this.child.name}`, isOver, limits);
  }
}

async function ownPorts(): Promise<ReplicaPorts> {
  const [fleet = 0, serverAppIo = 0, control = 0, http = 0] = await freePorts(4);
  return { fleet, serverAppIo, control, http };
}

/** A real nginx that runs what docker/nginx.conf says, with the addresses of a test. */
export async function startNginx(
  household: Household,
  directory: string,
  replicas: readonly ReplicaPorts[],
): Promise<Balancer> {
  const ports = await ownPorts();
  const path = join(directory, 'nginx.conf');
  const configuration = readFileSync('docker/nginx.conf', 'utf8')
    .replaceAll('/tmp/', `${directory}/`)
    .replace(/listen (\d+);/g, (_, port: string) => `listen 127.0.0.1:${ports[apiOf(port)]};`)
    .replace(NGINX_SERVERS, (_, port: string) => nginxServers(apiOf(port), replicas));
  writeFileSync(path, configuration);
  const args = ['-c', path, '-g', 'daemon off;'];
  const child = household.start('nginx', 'nginx', args, { stage: BALANCER_STAGE });
  for (const port of Object.values<number>({ ...ports })) await waitForPort(port, { child });
  return new PlainBalancer(child, addressesOf(ports), NGINX_TROUBLE);
}

function nginxServers(api: keyof ReplicaPorts, replicas: readonly ReplicaPorts[]): string {
  return replicas
    .map((ports) => `server 127.0.0.1:${ports[api]} max_fails=1 fail_timeout=1s;\n`)
    .join('');
}

/** A real Caddy that runs what docker/Caddyfile says, with the addresses of a test: on the HTTP port only. */
export async function startCaddy(
  household: Household,
  directory: string,
  replicas: readonly ReplicaPorts[],
): Promise<Balancer> {
  const ports = await ownPorts();
  const path = join(directory, 'Caddyfile');
  const upstreams = replicas.map(({ http }) => `127.0.0.1:${http}`).join(' ');
  const configuration = readFileSync('docker/Caddyfile', 'utf8')
    .replace(/^:8000 /m, `http://127.0.0.1:${ports.http} `)
    .replace(CADDY_UPSTREAMS, upstreams);
  writeFileSync(path, configuration);
  const env = { ...process.env, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
  const args = ['run', '--config', path, '--adapter', 'caddyfile'];
  const caddy = await ensureCaddy();
  const child = household.start('caddy', caddy, args, { env, stage: BALANCER_STAGE });
  await waitForPort(ports.http, { child });
  return new PlainBalancer(child, addressesOf(ports), CADDY_TROUBLE);
}
