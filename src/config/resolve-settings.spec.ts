import { ConfigError } from './config-error';
import { type Environment, type FlagTexts, resolveSettings } from './resolve-settings';
import { environmentOf, flagOf, setting, SETTING_KEYS } from './settings';

function refusal(flags: FlagTexts, environment: Environment = {}): string {
  try {
    resolveSettings(flags, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new TypeError('it was taken');
}

describe('resolving settings', () => {
  it('takes flags over environment over defaults', () => {
    const environment = { SUPERLINK_POOL_SIZE: '20', SUPERLINK_REPLICAS: '3' };
    const { values, sources } = resolveSettings({ poolSize: '30' }, environment);
    expect([values.poolSize, values.replicas, values.drainSeconds]).toEqual([30, 3, 30]);
    expect([sources.poolSize, sources.replicas, sources.drainSeconds]).toEqual([
      'flag',
      'environment',
      'default',
    ]);
  });

  it("uses Flower's variables where Flower has them", () => {
    const { values } = resolveSettings(
      {},
      {
        FLWR_DATABASE: 'postgresql://u@h/d',
        FLWR_LOG_LEVEL: 'WARNING',
        FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION: '1',
      },
    );
    expect(values.database).toBe('postgresql://u@h/d');
    expect(values.logLevel).toBe('warn');
    expect(values.disableRuntimeDependencyInstallation).toBe(true);
  });

  it('has a default for every setting that is always read', () => {
    const { values } = resolveSettings({}, {});
    for (const key of SETTING_KEYS) {
      if (setting(key).default !== undefined) expect(values[key], key).toBeDefined();
    }
    expect(values.migrate).toBe(true);
    expect(values.database).toBeUndefined();
  });

  it('gives every setting a flag and a variable of its own', () => {
    expect(new Set(SETTING_KEYS.map(flagOf)).size).toBe(SETTING_KEYS.length);
    expect(new Set(SETTING_KEYS.map(environmentOf)).size).toBe(SETTING_KEYS.length);
    expect(environmentOf('poolSize')).toBe('SUPERLINK_POOL_SIZE');
    expect(flagOf('serverappioApiAddress')).toBe('--serverappio-api-address');
  });

  it('counts an empty variable as not set, and an empty flag as wrong', () => {
    expect(resolveSettings({}, { SUPERLINK_REPLICAS: '' }).values.replicas).toBe(1);
    expect(refusal({ sslCertfile: '' })).toBe('--ssl-certfile must be a path.');
  });

  it.each([
    [{ poolSize: '0' }, '--pool-size must be a whole number from 1 to 1000.'],
    [
      { logRotationIntervalHours: '597' },
      '--log-rotation-interval-hours must be a whole number from 1 to 596.',
    ],
    [{ port: '1e3' }, '--port must be a whole number from 0 to 65535.'],
    [{ nodeHoldSeconds: '-1' }, '--node-hold-seconds must be a number of seconds from 0 to 600.'],
    [{ isolation: 'docker' }, '--isolation must be one of: process, subprocess.'],
    [{ fleetApiAddress: '9092' }, '--fleet-api-address must be host:port, or [v6]:port for IPv6.'],
  ])('refuses %j', (flags, message) => {
    expect(refusal(flags)).toBe(message);
  });

  it('names the variable where the wrong text came from one', () => {
    expect(refusal({}, { SUPERLINK_INSECURE: 'perhaps' })).toBe(
      'SUPERLINK_INSECURE must be true or false.',
    );
  });

  it('never shows a value, which may be a password', () => {
    for (const message of [
      refusal({ database: 'mysql://u:hunter2@h/d' }),
      refusal({}, { FLWR_DATABASE: 'hunter2' }),
      refusal({ port: 'hunter2' }),
      refusal({}, { SUPERLINK_DATABSE: 'hunter2' }),
    ]) {
      expect(message).not.toContain('hunter2');
    }
  });

  it('refuses an unknown variable but not what Kubernetes makes for Services', () => {
    expect(refusal({}, { SUPERLINK_POOLSIZE: '1' })).toContain(
      'SUPERLINK_POOLSIZE is not a setting',
    );
    const links = {
      SUPERLINK_SERVICE_HOST: '10.0.0.1',
      SUPERLINK_SERVICE_PORT_FLEET: '9092',
      SUPERLINK_PORT: 'tcp://10.0.0.1:9092',
      SUPERLINK_PORT_9092_TCP_ADDR: '10.0.0.1',
      SUPERLINK_HEADLESS_SERVICE_PORT: '9092',
    };
    expect(() => resolveSettings({}, links)).not.toThrow();
  });
});
