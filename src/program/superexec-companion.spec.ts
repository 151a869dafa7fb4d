import type { Config } from '../config/config';
import { superExecArguments } from './superexec-companion';

const CONFIG = {
  listen: { serverAppIo: { host: '0.0.0.0', port: 9091 } },
  tls: {},
  runtimeDependencyInstallation: false,
} as unknown as Config;
const PEM = Buffer.from('pem');

describe("the SuperExec's arguments", () => {
  it("are those that Flower's SuperLink gives", () => {
    expect(superExecArguments(CONFIG, 7)).toEqual([
      '--insecure',
      ...['--appio-api-address', '127.0.0.1:9091'],
      ...['--plugin-type', 'serverapp'],
      ...['--parent-pid', '7'],
    ]);
  });

  it('name the certificate authority of ServerAppIo, or leave it to the system', () => {
    const appIo = { certificate: PEM, key: PEM };
    const own = { ...CONFIG, tls: { appIo: { ...appIo, ca: PEM, caFile: '/ca.pem' } } };
    expect(superExecArguments(own, 7).slice(0, 2)).toEqual(['--root-certificates', '/ca.pem']);
    const system = superExecArguments({ ...CONFIG, tls: { appIo } }, 7);
    expect(system).not.toContain('--root-certificates');
    expect(system).not.toContain('--insecure');
  });

  it('allow to install dependencies where that is allowed', () => {
    const config = { ...CONFIG, runtimeDependencyInstallation: true };
    expect(superExecArguments(config, 7)).toContain('--allow-runtime-dependency-installation');
  });
});
