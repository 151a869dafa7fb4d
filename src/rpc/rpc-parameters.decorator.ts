import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

import type { WaitingClient } from '../waiting/hold';
import type { Account, Caller, Receiver, RpcCall, Signer, StreamReader } from './rpc-call';
import { rpcCallOf } from './rpc-call-of';

type CallerOf<Kind extends Caller['kind']> = Extract<Caller, { kind: Kind }>;

function callerOf<Kind extends Caller['kind']>(call: RpcCall, kind: Kind): CallerOf<Kind> {
  if (call.caller?.kind !== kind) throw new TypeError(`the method is not open to a ${kind} only`);
  return call.caller as CallerOf<Kind>;
}

/** The decoded request message. */
export const RpcRequest = createParamDecorator((_: unknown, context: ExecutionContext) =>
  rpcCallOf(context).request(),
);

/** Who signed the call; for methods with access `node`. */
export const NodeSigner = createParamDecorator(
  (_: unknown, context: ExecutionContext): Signer => callerOf(rpcCallOf(context), 'node').signer,
);

/** SHA-256 of the task token sent along; for methods with access `task`. */
export const TokenHash = createParamDecorator(
  (_: unknown, context: ExecutionContext): Buffer => callerOf(rpcCallOf(context), 'task').tokenHash,
);

/** The account that calls; for methods with access `account`. */
export const CallerAccount = createParamDecorator(
  (_: unknown, context: ExecutionContext): Account =>
    callerOf(rpcCallOf(context), 'account').account,
);

/** Clients on HTTP give a call up after 30 s; those on gRPC wait as long as their connection stands. */
const HTTP_PATIENCE_SECONDS = 25;

/** The client of a call that may be held, so that nothing is held for nobody. */
export const Waiting = createParamDecorator(
  (_: unknown, context: ExecutionContext): WaitingClient => {
    const call = rpcCallOf(context);
    const patienceSeconds = call.transport === 'http' ? HTTP_PATIENCE_SECONDS : Infinity;
    return {
      gone: call.gone,
      patienceSeconds,
      onHeld: () => {
        call.leave();
      },
    };
  },
);

/** The client of a call whose answer may be large. */
export const AnswerReceiver = createParamDecorator(
  (_: unknown, context: ExecutionContext): Receiver => {
    const call = rpcCallOf(context);
    return {
      gone: call.gone,
      onHeld: () => {
        call.leave();
      },
      onEnd: call.onEnd,
    };
  },
);

/** Who reads a stream. */
export const Reader = createParamDecorator(
  (_: unknown, context: ExecutionContext): StreamReader => {
    const { gone, transport } = rpcCallOf(context);
    return { gone, canResume: transport === 'grpc' };
  },
);

/** Which release of Flower calls, e.g. `flwr 1.36.0`; undefined if it does not say. */
export const Release = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined => rpcCallOf(context).client.release,
);

/** Length of the request in bytes, for traffic counters. */
export const RequestBytes = createParamDecorator(
  (_: unknown, context: ExecutionContext): number => rpcCallOf(context).bytes.length,
);

/** Names the connection that the call came by. */
export const CallOrigin = createParamDecorator(
  (_: unknown, context: ExecutionContext): string => rpcCallOf(context).origin,
);

/** The call itself, for handlers that have to know what becomes of their answer. */
export const CurrentCall = createParamDecorator((_: unknown, context: ExecutionContext): RpcCall =>
  rpcCallOf(context),
);
