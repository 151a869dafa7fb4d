import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { useCluster } from '../../support/cluster';
import { httpForm } from '../../support/http-client';
import { NodeActor } from '../../support/node-actor';
import { TaskActor } from '../../support/task-actor';
import { HttpConnection } from './raw-http';

type Texts = Readonly<Record<string, string>>;
type Several = Readonly<Record<string, string | readonly string[]>>;

const KEY = 'flwr-public-key';
const SIGNATURE = 'flwr-signature';

/** What SuperNodes from 1.40 on do not send; `good` is what they do. */
const BAD: readonly (readonly [what: string, of: (good: Texts) => Several])[] = [
  ['a key that is no base64', (good) => ({ ...good, [KEY]: '-----BEGIN PUBLIC KEY-----' })],
  ['a key of which a character is missing', (good) => ({ ...good, [KEY]: good[KEY]!.slice(1) })],
  ['a key with a letter of no base64', (good) => ({ ...good, [KEY]: `*${good[KEY]!.slice(1)}` })],
  ['a signature without its padding', (good) => ({ ...good, [SIGNATURE]: unpadded(good) })],
  [
    'the names of gRPC',
    (good) => Object.fromEntries(Object.entries(good).map(([name, text]) => [`${name}-bin`, text])),
  ],
];

function unpadded(good: Texts): string {
  return `${good[SIGNATURE]!.replace(/=*$/, '').slice(0, -2)}A`;
}

describe('credentials in their HTTP form', () => {
  const cluster = useCluster({ count: 1 });
  let connection: HttpConnection;
  let node: NodeActor;
  beforeAll(async () => {
    connection = new HttpConnection(cluster.replicas[0]!.addresses.http);
    node = await NodeActor.online(cluster.clients);
  });
  afterAll(() => {
    connection.close();
  });

  const signed = (): Texts => httpForm(node.headers());
  const pull = async (headers: Several): Promise<number> => {
    const request = { node: node.requests.node, messageIds: [] };
    const body = [FleetService.pullMessages.requestSerialize(request)];
    return (await connection.ask('/v1/fleet/pull-messages', { body, headers })).status;
  };

  it('are base64', async () => {
    expect(await pull(signed())).toBe(200);
  });

  it.each(BAD)('are not %s', async (_, of) => {
    expect(await pull(of(signed()))).toBe(401);
  });

  it('are not two task tokens, though both be right', async () => {
    const { token } = await TaskActor.running(cluster.clients);
    const ask = (headers: Several) => connection.ask('/v1/runtime/get-nodes', { headers });
    expect((await ask({ 'flwr-task-token': token })).status).toBe(200);
    expect((await ask({ 'flwr-task-token': [token, token] })).status).toBe(401);
  });

  it.each(['Bearer any', 'Basic YTpi', ''])(
    'are not looked at in a CLI without accounts: %j',
    async (authorization) => {
      const ask = { headers: { authorization } };
      expect((await connection.ask('/v1/control/list-runs', ask)).status).toBe(200);
    },
  );
});
