import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import type { Config } from '../config/config';
import { checkPorts as checkPortsOf } from './ports';

const FREE = { host: '127.0.0.1', port: 0 };
const LISTEN: Config['listen'] = { fleet: FREE, serverAppIo: FREE, control: FREE, http: FREE };

async function checkPorts(listen: Config['listen'], replicas = 1): Promise<void> {
  return checkPortsOf({ listen, replicas });
}

describe('checking the ports', () => {
  it('names the flag of a port that is in use', async () => {
    const other = createServer().listen(FREE);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const taken = { host: '127.0.0.1', port };
    await expect(checkPorts({ ...LISTEN, control: taken })).rejects.toThrow(
      `127.0.0.1:${String(port)} is in use already. Stop the program that has it, or choose another with --control-api-address.`,
    );
    other.close();
    await once(other, 'close');
    await expect(checkPorts({ ...LISTEN, control: taken, health: FREE })).resolves.toBeUndefined();
  });

  it('names the flag of an address that is not of this machine', async () => {
    const foreign = { host: '192.0.2.1', port: 0 };
    await expect(checkPorts({ ...LISTEN, http: foreign })).rejects.toThrow(
      '192.0.2.1:0 is not an address of this machine. Choose another with --port.',
    );
  });

  it('looks at a port of the metrics for each replica', async () => {
    const other = createServer().listen(FREE);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const metrics = { host: '127.0.0.1', port: port - 1 };
    await expect(checkPorts({ ...LISTEN, metrics }, 2)).rejects.toThrow(
      / with --metrics-address\.$/,
    );
    other.close();
  });
});
