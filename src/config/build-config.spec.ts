import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildConfig } from './build-config';
import type { Config } from './config';
import { ConfigError } from './config-error';
import { warningsOf } from './load-config';
import { type Environment, type FlagTexts, resolveSettings } from './resolve-settings';

const CERTIFICATE = readFileSync('test/fixtures/tls/localhost-certificate.pem', 'utf8');
const KEY = readFileSync('test/fixtures/tls/localhost-key.pem', 'utf8');
const AROUND = { isTerminal: false, isRoot: false };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'superlink-config-'));
  writeFileSync(at('cert.pem'), CERTIFICATE);
  writeFileSync(at('key.pem'), KEY);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(at('other-key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(at('secret'), 'shared\n');
  writeFileSync(at('empty'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

function build(flags: FlagTexts, environment: Environment = {}): Config {
  return buildConfig(resolveSettings(flags, environment), AROUND);
}

function refusal(flags: FlagTexts, environment: Environment = {}): string {
  try {
    build(flags, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new TypeError('it was taken');
}

describe('the configuration', () => {
  it("has Flower's ports and our holds by default", () => {
    const config = build({ insecure: 'true' });
    expect(config.listen).toEqual({
      fleet: { host: '0.0.0.0', port: 9092 },
      serverAppIo: { host: '0.0.0.0', port: 9091 },
      control: { host: '0.0.0.0', port: 9093 },
      http: { host: '127.0.0.1', port: 8000 },
    });
    expect(config.holds).toEqual({ nodeSeconds: 20, serverAppSeconds: 10, taskSeconds: 5 });
    expect(config.database).toMatchObject({ poolSize: 10, migrateOnStart: true });
    expect(config.database.dataDirectory).toMatch(/\/\.superlink$/);
    expect(config.tls).toEqual({});
  });

  it('logs for people on a terminal and for machines elsewhere, unless told', () => {
    const formatOn = (isTerminal: boolean, flags: FlagTexts = {}) =>
      buildConfig(resolveSettings({ insecure: 'true', ...flags }, {}), { ...AROUND, isTerminal })
        .log.format;
    expect([formatOn(true), formatOn(false)]).toEqual(['pretty', 'json']);
    expect(formatOn(true, { logFormat: 'json' })).toBe('json');
  });

  it('keeps the data of root where another user can reach it', () => {
    const resolved = resolveSettings({ insecure: 'true' }, {});
    const { database } = buildConfig(resolved, { ...AROUND, isRoot: true });
    expect(database.dataDirectory).toBe('/var/lib/superlink');
  });

  it('is secure unless told otherwise', () => {
    expect(refusal({})).toContain('TLS is on by default: set --ssl-certfile and --ssl-keyfile');
    const { tls } = build({ sslCertfile: at('cert.pem'), sslKeyfile: at('key.pem') });
    expect(tls.api?.certificate.toString()).toBe(CERTIFICATE);
    expect(tls.appIo).toBeUndefined();
  });

  it('takes --insecure over certificates, as Flower does', () => {
    expect(build({ insecure: 'true', sslCertfile: at('gone.pem') }).tls).toEqual({});
  });

  it.each([
    [{ sslCertfile: 'cert.pem' }, '--ssl-certfile is given without --ssl-keyfile; set both.'],
    [{ sslKeyfile: 'key.pem' }, '--ssl-keyfile is given without --ssl-certfile; set both.'],
    [{ sslCaCertfile: 'cert.pem' }, '--ssl-ca-certfile is given without --ssl-certfile; set both.'],
    [{ sslCertfile: 'gone', sslKeyfile: 'key.pem' }, 'The file of --ssl-certfile does not exist: '],
    [{ sslCertfile: '.', sslKeyfile: 'key.pem' }, 'The file of --ssl-certfile is a directory: '],
    [
      { sslCertfile: 'key.pem', sslKeyfile: 'key.pem' },
      '--ssl-certfile does not name a PEM certif',
    ],
    [
      { sslCertfile: 'cert.pem', sslKeyfile: 'secret' },
      '--ssl-keyfile does not name a PEM private',
    ],
    [
      { sslCertfile: 'cert.pem', sslKeyfile: 'other-key.pem' },
      'The key of --ssl-keyfile does not belong to --ssl-certfile.',
    ],
  ])('refuses %j', (flags, message) => {
    const paths = Object.entries(flags).map(([key, name]) => [key, at(name)]);
    expect(refusal(Object.fromEntries(paths) as FlagTexts)).toContain(message);
  });

  it('checks the ServerAppIo files, too, and keeps the path of its authority', () => {
    const api = { sslCertfile: at('cert.pem'), sslKeyfile: at('key.pem') };
    const appIo = { appioSslCertfile: at('cert.pem'), appioSslKeyfile: at('key.pem') };
    expect(refusal({ ...api, appioSslCertfile: at('cert.pem') })).toContain('--appio-ssl-keyfile');
    const { tls } = build({ ...api, ...appIo, appioSslCaCertfile: at('cert.pem') });
    expect(tls.appIo?.caFile).toBe(at('cert.pem'));
  });

  it('serves all on the HTTP port if told, with one certificate', () => {
    const flags = { singlePort: 'true', sslCertfile: at('cert.pem'), sslKeyfile: at('key.pem') };
    const { listen, singlePort, tls } = build(flags);
    expect({ listen, singlePort }).toEqual({
      listen: { http: { host: '127.0.0.1', port: 8000 } },
      singlePort: true,
    });
    expect(tls.appIo).toBe(tls.api);
    const beside = build({ insecure: 'true', singlePort: 'true', healthServerAddress: 'h:9091' });
    expect(beside.listen.health).toEqual({ host: 'h', port: 9091 });
  });

  it('serves metrics only if told', () => {
    expect(build({ insecure: 'true' }).listen.metrics).toBeUndefined();
    const { listen } = build({ insecure: 'true', metricsAddress: '127.0.0.1:9100' });
    expect(listen.metrics).toEqual({ host: '127.0.0.1', port: 9100 });
  });

  it('lets adapters drop signatures only if told', () => {
    expect(build({ insecure: 'true' }).unsignedAdapterCalls).toBe(false);
    const adapter = build({ insecure: 'true', fleetApiType: 'grpc-adapter' });
    expect(adapter.unsignedAdapterCalls).toBe(true);
  });

  it.each([
    [{ enableSupernodeAuth: 'true' }, '--enable-supernode-auth needs TLS'],
    [
      { singlePort: 'true', fleetApiAddress: '0.0.0.0:9092' },
      '--single-port serves all on the one port of --host and --port; leave --fleet-api-address out.',
    ],
    [
      { singlePort: 'true', appioSslKeyfile: 'x' },
      '--single-port has the one certificate of --ssl-certfile; leave --appio-ssl-keyfile out.',
    ],
    [
      { singlePort: 'true', isolation: 'subprocess', port: '0' },
      '--isolation subprocess needs a fixed port in --port.',
    ],
    [
      { isolation: 'subprocess', port: '0' },
      '--isolation subprocess needs a fixed port in --port.',
    ],
    [
      { singlePort: 'true', healthServerAddress: '127.0.0.1:8000' },
      '--port and --health-server-address would both listen on 127.0.0.1:8000',
    ],
    [
      { enableSupernodeAuth: 'true', fleetApiType: 'grpc-adapter' },
      '--enable-supernode-auth needs signed calls, which --fleet-api-type grpc-adapter waives',
    ],
    [
      { database: 'postgres://h/d', dataDirectory: 'x' },
      '--data-directory is for the embedded PostgreSQL and --database names another one',
    ],
    [{ databaseDirect: 'postgres://h/d' }, '--database-direct is the way around the pooler'],
    [
      {
        disableRuntimeDependencyInstallation: 'true',
        allowRuntimeDependencyInstallation: 'true',
      },
      '--disable-runtime-dependency-installation and --allow-runtime-dependency-installation exclude',
    ],
    [
      { isolation: 'subprocess', serverappioApiAddress: 'localhost:0' },
      '--isolation subprocess needs a fixed port in --serverappio-api-address.',
    ],
    [
      { controlApiAddress: '127.0.0.1:9092' },
      '--fleet-api-address and --control-api-address would both listen on 127.0.0.1:9092',
    ],
    [{ port: '9091' }, '--port and --serverappio-api-address would both listen on 0.0.0.0:9091'],
    [
      { metricsAddress: '127.0.0.1:7999', replicas: '2' },
      '--port and --metrics-address would both listen on 127.0.0.1:8000',
    ],
    [
      { metricsAddress: '127.0.0.1:65535', replicas: '2' },
      '--metrics-address leaves no port for each of the replicas',
    ],
    [
      { drainSeconds: '20', drainNoticeSeconds: '18' },
      '--drain-notice-seconds must be over after 17 s, when --drain-seconds 20 cuts connections: set more there, or less here.',
    ],
  ])('refuses the contradiction %j', (flags, message) => {
    expect(refusal({ insecure: 'true', ...flags })).toContain(message);
  });

  it.each([
    [{ drainSeconds: '20', drainNoticeSeconds: '17' }, 17],
    [{ drainSeconds: '1', drainNoticeSeconds: '0' }, 0],
    [{ drainSeconds: '1' }, 0.5],
    [{ drainSeconds: '30' }, 2],
  ])('takes %j, and gives notice for %s s', (flags, seconds) => {
    expect(build({ insecure: 'true', ...flags }).drainNoticeSeconds).toBe(seconds);
  });

  it('names what was written where settings of two sources contradict', () => {
    const message = refusal(
      { insecure: 'true', dataDirectory: 'x' },
      { FLWR_DATABASE: 'postgres://h/d' },
    );
    expect(message).toContain('--data-directory is for the embedded PostgreSQL and FLWR_DATABASE');
  });

  it('allows one port on two addresses, and port 0 everywhere', () => {
    expect(() =>
      build({
        insecure: 'true',
        fleetApiAddress: '127.0.0.1:9092',
        controlApiAddress: '127.0.0.2:9092',
        serverappioApiAddress: '127.0.0.1:0',
        healthServerAddress: '127.0.0.1:0',
        metricsAddress: '127.0.0.1:0',
        replicas: '2',
      }),
    ).not.toThrow();
  });

  it('has no Fleet API for simulations, and its port is free for others', () => {
    const config = build({ insecure: 'true', simulation: 'true', controlApiAddress: 'h:9092' });
    expect(config.simulation).toBe(true);
    expect(config.listen.fleet).toBeUndefined();
  });

  it('reads the SuperExec secret byte by byte, except for a SuperExec of its own', () => {
    const flags = { insecure: 'true', superexecAuthSecretFile: at('secret') };
    expect(build(flags).superexecSecret).toEqual(Buffer.from('shared\n'));
    expect(build({ ...flags, isolation: 'subprocess' }).superexecSecret).toBeUndefined();
    expect(refusal({ ...flags, superexecAuthSecretFile: at('empty') })).toContain('is empty');
  });

  it('lets a flag allow what the environment disables', () => {
    const environment = { FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION: '1' };
    const installs = (flags: FlagTexts) =>
      build({ insecure: 'true', ...flags }, environment).runtimeDependencyInstallation;
    expect(installs({})).toBe(false);
    expect(installs({ allowRuntimeDependencyInstallation: 'true' })).toBe(true);
  });

  it('warns of what is allowed and may surprise', () => {
    const resolved = resolveSettings(
      { insecure: 'true', superexecAuthSecretFile: at('secret') },
      {},
    );
    const warnings = warningsOf(resolved, buildConfig(resolved, AROUND)).join('\n');
    expect(warnings).toContain('TLS is off');
    expect(warnings).toContain('Any SuperNode may join');
    expect(warnings).toContain('ServerAppIo has no TLS');
    expect(warnings).not.toContain('deprecated');
  });

  it('does not warn of SuperNodes that simulations do without', () => {
    const resolved = resolveSettings({ insecure: 'true', simulation: 'true' }, {});
    const warnings = warningsOf(resolved, buildConfig(resolved, AROUND)).join('\n');
    expect(warnings).not.toContain('SuperNode');
  });
});
