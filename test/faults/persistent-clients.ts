import { setTimeout as pause } from 'node:timers/promises';

import { GrpcClients } from '../support/grpc-client';
import { type Headers, RpcError, type UnaryMethod } from '../support/rpc-clients';

/** A tenth of what stock clients wait at the least. */
const PAUSE_MILLISECONDS = 100;

/** Sends a call again after what stock clients send a call again, and keeps whatever else went wrong. */
export class PersistentClients extends GrpcClients {
  served = 0;
  retries = 0;
  /** Refusals that a stock client would not survive. */
  readonly failures: string[] = [];

  override async call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    headers: Headers = {},
  ): Promise<Response> {
    for (;;) {
      try {
        const answer = await super.call(method, request, headers);
        this.served += 1;
        return answer;
      } catch (thrown) {
        if (!(thrown instanceof RpcError) || thrown.status !== 'UNAVAILABLE') {
          this.failures.push(`${method.path}: ${String(thrown)}`);
          throw thrown;
        }
        this.retries += 1;
        await pause(PAUSE_MILLISECONDS);
      }
    }
  }
}
