import { rm } from 'node:fs/promises';

import { freePorts } from '../../scripts/flower/ports.mjs';
import {
  ensureFlower,
  NEWEST_FLOWER,
  STOCK_FLOWER,
} from '../../scripts/flower/stock-environment.mjs';
import { makeCertificates } from '../support/credentials';
import { TOY, uniform } from '../support/stock-federation';
import { newFolder } from '../support/superlink-program';
import { useStockFederation } from '../support/use-stock-federation';
import { expectWholeRun } from './whole-run';

const ROUNDS = 1;
const RUN_MILLISECONDS = 180_000;

describe.each([STOCK_FLOWER, NEWEST_FLOWER])(
  'replicas with TLS that start SuperExecs of Flower %s themselves',
  (release) => {
    const directory = newFolder('e2e-credentials');
    const here = useStockFederation(async () => {
      const { env } = await ensureFlower({ version: release });
      const tls = await makeCertificates(directory);
      const flags = [
        ...['--isolation', 'subprocess'],
        ...['--ssl-certfile', tls.certificate, '--ssl-keyfile', tls.key],
        ...['--ssl-ca-certfile', tls.authority],
        ...['--appio-ssl-certfile', tls.certificate, '--appio-ssl-keyfile', tls.key],
        ...['--appio-ssl-ca-certfile', tls.authority],
      ];
      const environment = { ...env(directory), FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION: '1' };
      return { releases: uniform(release), flags, tls, environment };
    });
    afterAll(() => rm(directory, { recursive: true, force: true }));

    it('play a run', async () => {
      const { clients, nodeCount } = here.federation;
      const ports = await freePorts(nodeCount);
      for (const [node, port] of ports.entries()) clients.startSuperNode(node, nodeCount, port);
      await Promise.all(clients.nodes.map((node) => clients.nodeId(node)));
      const runId = await clients.run(TOY, { rounds: ROUNDS });
      await here.ledger.untilFinished(runId, RUN_MILLISECONDS);
      await expectWholeRun(here.federation, here.ledger, runId, ROUNDS);
    });
  },
);
