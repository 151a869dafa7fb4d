import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';

import {
  Client,
  credentials,
  type MethodDefinition,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
} from '@grpc/grpc-js';

import { SuperLinkError } from '../../errors/superlink-error';
import { FleetService } from '../../generated/flwr/proto/fleet';
import { HealthService } from '../../generated/grpc/health/v1/health';
import { BodyBudget } from '../admission/body-budget';
import { Incoming } from '../admission/incoming';
import type { Counters } from './count-incoming';
import { grpcOptions, type GrpcPort } from './grpc-options';

const AGE_SECONDS = 300;
/** After every moment at which the age may be reached, give or take 10 %, and before the grace can be over. */
const SECONDS_PASSED = 385;
const STEP_MILLISECONDS = 5_000;

const ROOM_FOR_ALL: Counters = {
  admission: {
    receive: () =>
      new Incoming(new BodyBudget().open(), {
        noRoom: () => new SuperLinkError('UNAVAILABLE'),
        onSilence: () => undefined,
      }),
  },
  meter: { refused: () => undefined },
};

const same = (bytes: Buffer): Buffer => bytes;
const ASK: MethodDefinition<Buffer, Buffer> = {
  ...{ path: '/test.Service/Ask', requestStream: false, responseStream: false },
  ...{ requestSerialize: same, requestDeserialize: same },
  ...{ responseSerialize: same, responseDeserialize: same },
};

/** A server as replicas have them; `asked` holds what answers the call that has come. */
async function startServer(asked: EventEmitter): Promise<{ server: Server; address: string }> {
  const port = { packageNames: [], services: [], tls: undefined };
  const server = new Server(grpcOptions(port, AGE_SECONDS, ROOM_FOR_ALL).channelOptions);
  const ask = (_: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>): void => {
    asked.emit('call', done);
  };
  server.addService({ ask: ASK }, { ask });
  const bind = promisify(server.bindAsync.bind(server));
  const bound = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
  return { server, address: `127.0.0.1:${bound}` };
}

describe('a connection of gRPC', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps the call in flight when it gets too old', async () => {
    const asked = new EventEmitter();
    const { server, address } = await startServer(asked);
    const client = new Client(address, credentials.createInsecure());
    onTestFinished(() => {
      client.close();
      server.forceShutdown();
    });
    const called = once(asked, 'call') as Promise<[sendUnaryData<Buffer>]>;
    const answered = new Promise<unknown[]>((resolve) => {
      client.makeUnaryRequest(ASK.path, same, same, Buffer.alloc(0), (...result) => {
        resolve(result);
      });
    });

    const [answer] = await called;
    for (let passed = 0; passed < SECONDS_PASSED * 1_000; passed += STEP_MILLISECONDS) {
      await vi.advanceTimersByTimeAsync(STEP_MILLISECONDS);
      await nextTurn(); // what the network has to say
    }
    answer(null, Buffer.from('late'));
    expect(await answered).toEqual([null, Buffer.from('late')]);
  });
});

describe('the longest message that a port takes', () => {
  const mostBytesOf = (...services: GrpcPort['services']): number => {
    const port = { packageNames: [], services, tls: undefined };
    return (
      grpcOptions(port, AGE_SECONDS, ROOM_FOR_ALL).channelOptions?.[
        'grpc.max_receive_message_length'
      ] ?? 0
    );
  };

  it('is what gRPC can carry where objects are pushed', () => {
    expect(mostBytesOf(HealthService, FleetService)).toBe(2 ** 31 - 1);
  });

  it('is little more than its longest request where none are', () => {
    expect(mostBytesOf(HealthService)).toBe(2 * 1024 * 1024);
  });
});
