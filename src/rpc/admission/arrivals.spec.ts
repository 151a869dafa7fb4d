import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { Arrivals } from './arrivals';

const CLIENTS = 50;

describe('arrivals', () => {
  const arrivals = new Arrivals();
  afterAll(() => {
    arrivals.onApplicationShutdown();
  });

  describe('at a server', () => {
    const sockets: Socket[] = [];
    let server: Server;
    let accepted = 0;

    beforeEach(async () => {
      server = createServer((socket) => {
        accepted += 1;
        sockets.push(socket);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterEach(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });

    it('are all let in before what is new begins', async () => {
      const { port } = server.address() as AddressInfo;
      const clients = Array.from({ length: CLIENTS }, () => connect(port, '127.0.0.1'));
      sockets.push(...clients);
      await once(clients[0]!, 'connect');
      expect(accepted).toBeLessThan(CLIENTS / 2); // one a turn: else there is nothing to wait for
      await Promise.all([arrivals.untilAllAreIn(), arrivals.untilAllAreIn()]);
      expect(accepted).toBe(CLIENTS);
    });
  });

  describe('without an end', () => {
    const NEVER = 60;
    let seconds = 0;
    let knocking: NodeJS.Immediate;

    /** One comes in each turn, which takes a second. */
    const knock = (): void => {
      seconds += 1;
      channel('net.server.socket').publish({});
      if (seconds < NEVER) knocking = setImmediate(knock);
    };

    beforeEach(() => {
      vi.spyOn(performance, 'now').mockImplementation(() => seconds * 1000);
      knock();
    });
    afterEach(() => {
      clearImmediate(knocking);
      vi.restoreAllMocks();
    });

    it('hold nobody up for longer than 5 s', async () => {
      const from = seconds;
      await arrivals.untilAllAreIn();
      expect(seconds - from).toBeGreaterThan(1);
      expect(seconds - from).toBeLessThanOrEqual(6);
    });
  });
});
