import { GrpcClients } from '../../support/grpc-client';
import type { Addresses } from '../../support/replicas';
import { RpcError, type UnaryMethod } from '../../support/rpc-clients';
import { followed, ok, type Seen, type Wire, type WireCall } from './wire';

const PATIENCE_MILLISECONDS = 20_000;

/** gRPC, one connection of its own per number and API. */
export class GrpcWire implements Wire {
  private readonly connections = new Map<number, GrpcClients>();

  constructor(private readonly addresses: Addresses) {}

  /** As gRPC's own clients, it sends a call again that the server provably has not seen: its connection was too old. */
  async send(call: WireCall): Promise<Seen> {
    const seen = await this.sendOnce(call);
    return seen.text === 'Stream refused by server' ? this.sendOnce(call) : seen;
  }

  close(): void {
    for (const clients of this.connections.values()) clients.close();
  }

  private async sendOnce({ rpc, bytes, headers, connection }: WireCall): Promise<Seen> {
    const method: UnaryMethod<Buffer, Buffer> = {
      path: rpc.path,
      requestSerialize: (request) => request,
      responseDeserialize: (response) => response,
    };
    const clients = this.clientsOf(connection);
    try {
      if (rpc.responseStream) {
        const stream = clients.stream(method, bytes, headers);
        return await followed(stream, () => stream.cancel());
      }
      const { answer, cancel } = clients.start(method, bytes, headers);
      const timer = setTimeout(cancel, PATIENCE_MILLISECONDS);
      return ok([await answer.finally(() => clearTimeout(timer))]);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return refusal(error);
    }
  }

  private clientsOf(connection: number): GrpcClients {
    const known = this.connections.get(connection);
    if (known !== undefined) return known;
    const clients = new GrpcClients([this.addresses]);
    this.connections.set(connection, clients);
    return clients;
  }
}

/** Status and number of the catalogue; releases before 1.34 send plain texts from ServerAppIo. */
function refusal({ status, details }: RpcError): Seen {
  const number = /^\{"code":\s*(\d+)/.exec(details)?.[1];
  const outcome = number === undefined ? status : `${status} ${number}`;
  return { outcome, text: details, messages: [], isOpen: false };
}
