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
    const LONGEST_TURNS = 60;
    let turns = 0;
    let knocking: NodeJS.Immediate;

    /** So many come in each turn, which takes so many seconds. */
    const knock = (clients: number, seconds: number): void => {
      turns = 0;
      vi.spyOn(performance, 'now').mockImplementation(() => turns * seconds * 1000);
      const turn = (): void => {
        turns += 1;
        for (let client = 0; client < clients; client += 1) {
          channel('net.server.socket').publish({});
        }
        if (turns < LONGEST_TURNS) knocking = setImmediate(turn);
      };
      turn();
    };

    afterEach(() => {
      clearImmediate(knocking);
      vi.restoreAllMocks();
    });

    it('hold nobody up for longer than 5 s', async () => {
      knock(1, 1);
      await arrivals.untilAllAreIn();
      expect(turns).toBeGreaterThan(4);
      expect(turns).toBeLessThan(10);
    });

    it('are let in 4,000 at a time', async () => {
      knock(500, 0);
      await arrivals.untilAllAreIn();
      expect(turns).toBeGreaterThan(7);
      expect(turns).toBeLessThan(12);
    });
  });
});
