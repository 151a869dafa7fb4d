import { rm } from 'node:fs/promises';

import { freePorts } from '../../scripts/flower/ports.mjs';
import { NEWEST_FLOWER, STOCK_FLOWER } from '../../scripts/flower/stock-environment.mjs';
import {
  type Certificates,
  makeCertificates,
  makeNodeKey,
  makeSecret,
} from '../support/credentials';
import { TOY, uniform } from '../support/stock-federation';
import { newFolder } from '../support/superlink-program';
import { useStockFederation } from '../support/use-stock-federation';
import { expectWholeRun } from './whole-run';

const NODES = 2;
const ROUNDS = 2;
const RUN_MILLISECONDS = 180_000;
const REFUSED_MILLISECONDS = 60_000;
const SUPEREXEC_SECRET = '--superexec-auth-secret-file';
const NODE_KEY = '--auth-supernode-private-key';

interface ListedNode {
  readonly 'node-id': string;
  readonly status: string;
}

describe.each([STOCK_FLOWER, NEWEST_FLOWER])(
  'stock clients of Flower %s with TLS, registered nodes and a SuperExec secret',
  (release) => {
    const directory = newFolder('e2e-credentials');
    let secret: string;
    const here = useStockFederation(async () => {
      const tls: Certificates = await makeCertificates(directory);
      secret = makeSecret(directory, 'secret');
      const flags = [
        ...['--ssl-certfile', tls.certificate, '--ssl-keyfile', tls.key],
        ...['--ssl-ca-certfile', tls.authority],
        ...['--appio-ssl-certfile', tls.certificate, '--appio-ssl-keyfile', tls.key],
        ...['--appio-ssl-ca-certfile', tls.authority],
        ...['--enable-supernode-auth', SUPEREXEC_SECRET, secret],
      ];
      return { releases: uniform(release), flags, tls };
    });
    const nodeIds: string[] = [];
    let runId: string;

    afterAll(() => rm(directory, { recursive: true, force: true }));

    const flwr = (...args: string[]): Promise<Record<string, unknown>> =>
      here.federation.clients.json(args);

    async function listedNodes(): Promise<Map<string, string>> {
      const { nodes } = (await flwr('supernode', 'list')) as { nodes: ListedNode[] };
      return new Map(nodes.map((node) => [node['node-id'], node.status]));
    }

    it('registers SuperNodes by their keys', async () => {
      const { clients } = here.federation;
      const ports = await freePorts(NODES);
      const keys = await Promise.all(
        ports.map((_, node) => makeNodeKey(directory, `node-${node}`)),
      );
      for (const key of keys) {
        // Not as JSON: the CLI writes this id as a number there, too large for JavaScript.
        const lines = await clients.flwr(['supernode', 'register', key.public]);
        nodeIds.push(/SuperNode (\d+) registered/.exec(lines.join('\n'))![1]!);
      }
      expect(await listedNodes()).toEqual(new Map(nodeIds.map((id) => [id, 'registered'])));
      for (const [node, port] of ports.entries()) {
        clients.startSuperNode(node, NODES, port, { extra: [NODE_KEY, keys[node]!.private] });
      }
      const started = await Promise.all(clients.nodes.map((node) => clients.nodeId(node)));
      expect(started).toEqual(nodeIds);
    });

    it('plays a run', async () => {
      const { clients } = here.federation;
      clients.startSuperExec({ extra: [SUPEREXEC_SECRET, secret] });
      runId = await clients.run(TOY, { rounds: ROUNDS });
      await here.ledger.untilFinished(runId, RUN_MILLISECONDS);
      await expectWholeRun(here.federation, here.ledger, runId, ROUNDS);
      expect(here.federation.retriesOfClients).toEqual([]);
      expect(here.federation.endedClients).toEqual([]);
    });

    it('lists runs, nodes and federations', async () => {
      expect(await flwr('ls')).toMatchObject({
        runs: [{ 'run-id': runId, 'fab-id': 'superlink-ha/toy', status: 'finished:completed' }],
      });
      expect(await listedNodes()).toEqual(new Map(nodeIds.map((id) => [id, 'online'])));
      expect(await flwr('federation', 'list')).toMatchObject({
        federations: [{ id: '@none/default', archived: false, simulation: false }],
      });
      const shown = await flwr('federation', 'list', '--federation', '@none/default');
      expect(shown).toMatchObject({
        federation: { archived: false, runs: [{ run_id: runId, status: 'finished:completed' }] },
      });
      const { nodes } = shown['federation'] as { nodes: { node_id: string; status: string }[] };
      expect(new Map(nodes.map((node) => [node.node_id, node.status]))).toEqual(
        await listedNodes(),
      );
    });

    it('refuses a SuperNode whose key was not registered', async () => {
      const { clients } = here.federation;
      const [port = 0] = await freePorts(1);
      const key = await makeNodeKey(directory, 'stranger');
      const extra = [NODE_KEY, key.private];
      const node = clients.startSuperNode(0, 1, port, { name: 'stranger', extra });
      await node.waitForLine(/The SuperNode cannot be activated/, REFUSED_MILLISECONDS);
      await node.exited;
      expect((await listedNodes()).size).toBe(NODES);
    });

    it('refuses a SuperExec with another secret', async () => {
      const { clients } = here.federation;
      const other = makeSecret(directory, 'other-secret');
      const extra = [SUPEREXEC_SECRET, other];
      const superExec = clients.startSuperExec({ name: 'other-superexec', extra });
      await superExec.exited;
      expect(superExec.isKilled).toBe(false);
    });

    it('unregisters a SuperNode', async () => {
      const [gone = '', left = ''] = nodeIds;
      await flwr('supernode', 'unregister', gone);
      const expected = new Map([
        [gone, 'unregistered'],
        [left, 'online'],
      ]);
      expect(await listedNodes()).toEqual(expected);
    });
  },
);
