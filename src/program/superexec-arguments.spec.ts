import type { Config } from '../config/config';
import { releaseOf, superExecArguments } from './superexec-arguments';

const CONFIG = {
  listen: {
    serverAppIo: { host: '0.0.0.0', port: 9091 },
    http: { host: '0.0.0.0', port: 8000 },
  },
  tls: {},
  runtimeDependencyInstallation: false,
} as unknown as Config;
const PEM = Buffer.from('pem');

describe("the SuperExec's arguments", () => {
  it("are those that Flower's SuperLink gives", () => {
    expect(superExecArguments(CONFIG, 7, 34)).toEqual([
      '--insecure',
      ...['--appio-api-address', '127.0.0.1:9091'],
      ...['--plugin-type', 'serverapp'],
      ...['--parent-pid', '7'],
    ]);
  });

  it('name the certificate authority of ServerAppIo, or leave it to the system', () => {
    const appIo = { certificate: PEM, key: PEM };
    const own = { ...CONFIG, tls: { appIo: { ...appIo, ca: PEM, caFile: '/ca.pem' } } };
    expect(superExecArguments(own, 7, 34).slice(0, 2)).toEqual(['--root-certificates', '/ca.pem']);
    const system = superExecArguments({ ...CONFIG, tls: { appIo } }, 7, 34);
    expect(system).not.toContain('--root-certificates');
    expect(system).not.toContain('--insecure');
  });

  it('allow to install dependencies where that is allowed', () => {
    const config = { ...CONFIG, runtimeDependencyInstallation: true };
    expect(superExecArguments(config, 7, 34)).toContain('--allow-runtime-dependency-installation');
  });

  it('lead releases that speak HTTP to the HTTP port, by the flag that each of them knows', () => {
    const api = { certificate: PEM, key: PEM, ca: PEM, caFile: '/api.pem' };
    const config = { ...CONFIG, tls: { api, appIo: { certificate: PEM, key: PEM } } };
    const first = ['--root-certificates', '/api.pem', '--appio-api-address', '127.0.0.1:8000'];
    expect(superExecArguments(config, 7, 35).slice(0, 4)).toEqual(first);
    expect(superExecArguments(config, 7, 36)[2]).toBe('--runtime-api-address');
    expect(superExecArguments(config, 7, Infinity)[2]).toBe('--runtime-api-address');
    expect(superExecArguments(config, 7, 37)).toContain('--plugin-type');
    expect(superExecArguments(config, 7, 38)).not.toContain('--plugin-type');
  });

  it.each([
    ['Flower version: 1.33.0\n', 33],
    ['Flower version: 1.42.0.dev20261101\n', 42],
    ['Update available\nFlower version: 1.35.0\n', 35],
    ['Flower version: 2.1.0.dev1\n', Infinity],
    ['', Infinity],
  ])('go by the release: %j', (version, release) => {
    expect(releaseOf(version)).toBe(release);
  });
});
