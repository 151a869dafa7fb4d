import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { Client } from 'pg';

import { ensureComposeSchema, ensureYamlPython } from '../../scripts/deployment/schemas.mjs';
import {
  ensureCaddy,
  ensureFlower,
  NEWEST_FLOWER,
} from '../../scripts/flower/stock-environment.mjs';
import { loadDatabaseConfig } from '../../src/config/load-config';
import { migrate } from '../../src/database/migrate';
import { readCommandLine } from '../../src/program/command-line';
import { createEmptyDatabase } from '../support/postgres';
import { readYaml } from './helm';

const run = promisify(execFile);
const COMPOSE = 'docker/compose.yaml';
const VALIDATE =
  'import json, sys, yaml, jsonschema; jsonschema.validate(yaml.safe_load(open(sys.argv[1])), json.load(open(sys.argv[2])))';
/** Every character that means something in a URL. */
const PASSWORD = 'p@ss:w/o?r#d%2 &[+]';
const CREATE_FLOWER = `
select format('create role flower superuser login password %L', $1::text) as statement`;
const PORTS = ['9091', '9092', '9093', '8000'];

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

describe('the compose file', () => {
  let services: Readonly<Record<string, Service>>;
  const named = (pattern: RegExp): [string, Service][] =>
    Object.entries(services).filter(([name]) => pattern.test(name));

  beforeAll(async () => {
    const [compose] = await readYaml<{ services: Readonly<Record<string, Service>> }>(COMPOSE);
    services = compose!.services;
  });

  it('is one by the schema of compose files', async () => {
    const args = ['-c', VALIDATE, COMPOSE, await ensureComposeSchema()];
    await run(await ensureYamlPython(), args);
  });

  it('gives replicas and the migration flags that they know, and one database', () => {
    for (const [, { command, environment }] of named(/^superlink-/)) {
      expect(readCommandLine(command!, '0.1.0')).toEqual({
        command: 'serve',
        flags: { insecure: 'true', migrate: 'false' },
      });
      expect(environment).toEqual(services['migrate']!.environment);
    }
    expect(readCommandLine(services['migrate']!.command!, '0.1.0').command).toBe('migrate');
  });

  it('lets a password be any text', async () => {
    const database = await createEmptyDatabase();
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    try {
      const { rows } = await admin.query<{ statement: string }>(CREATE_FLOWER, [PASSWORD]);
      await admin.query(rows[0]!.statement);
      const { host, pathname } = new URL(database.url);
      for (const [name, text] of Object.entries(services['migrate']!.environment!)) {
        const value = text.replace(/\$\{POSTGRES_PASSWORD[^}]*\}/, () => PASSWORD);
        vi.stubEnv(name, value.replace('postgres:5432/flower', host + pathname));
      }
      const { applied } = await migrate(loadDatabaseConfig({}).url!);
      expect(applied).not.toEqual([]);
      await admin.query('reassign owned by flower to current_user; drop role flower');
    } finally {
      vi.unstubAllEnvs();
      await admin.end();
      await database.drop();
    }
  });

  it('gives stock programs flags that they know', async () => {
    expect(readFileSync('docker/flower.Dockerfile', 'utf8')).toContain(
      `FLWR_VERSION=${NEWEST_FLOWER}\n`,
    );
    const flower = await ensureFlower({ version: NEWEST_FLOWER });
    for (const [, { command }] of named(/^super(exec|node-\d)$/)) {
      const [program = '', ...args] = command!;
      const { stdout } = await run(flower.bin(program), ['--help'], { env: flower.env('/tmp') });
      for (const flag of args.flatMap((each) => /^--[a-z-]+/.exec(each)?.[0] ?? [])) {
        expect(stdout, flag).toContain(` ${flag}`);
      }
    }
  });

  it.each([
    ['haproxy.cfg', PORTS],
    ['nginx.conf', PORTS],
    ['Caddyfile', ['8000']],
  ])('has the replicas that %s balances', (name, ports) => {
    const balanced = readFileSync(`docker/${name}`, 'utf8').match(/superlink-\d+:\d+/g);
    const replicas = named(/^superlink-/).map(([replica]) => replica);
    const expected = ports.flatMap((port) => replicas.map((replica) => `${replica}:${port}`));
    expect(balanced!.toSorted()).toEqual(expected.toSorted());
  });
});

describe('the configurations of balancers, as they are', () => {
  it('are taken by HAProxy', async () => {
    await run('haproxy', ['-c', '-f', 'docker/haproxy.cfg']);
  });

  it('are taken by Caddy', async () => {
    const args = ['validate', '--config', 'docker/Caddyfile', '--adapter', 'caddyfile'];
    await run(await ensureCaddy(), args);
  });
});
