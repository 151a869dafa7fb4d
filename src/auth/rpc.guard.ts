import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';

import { CONFIG, type Config } from '../config/config';
import { SuperLinkError } from '../errors/superlink-error';
import type { Account, Caller, RpcCall, Signer } from '../rpc/rpc-call';
import { rpcCallOf, rpcMetadataOf } from '../rpc/rpc-call-of';
import { NodeSignature } from './node-signature';
import { SuperExecSignature } from './superexec-signature';
import { tokenHashOf } from './task-token';

/** Without account authentication every CLI acts as this account, as in upstream's open edition. */
export const NO_ACCOUNT: Account = { flwrAid: '<id:none>', name: 'none' };

/**
 * Lets a call through if it comes from a release that can be served, brings the proof that its `@Rpc` asks for, and
 * holds a request that can be decoded.
 */
@Injectable()
export class RpcGuard implements CanActivate {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly nodeSignature: NodeSignature,
    private readonly superExecSignature: SuperExecSignature,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (rpcMetadataOf(context) === undefined) return true;
    const call = rpcCallOf(context);
    refuseTooOld(call); // before a nonce is used up: the client ends anyway
    call.caller = await this.identify(call);
    call.request(); // also where no handler reads it: garbage has no effect
    return true;
  }

  private async identify(call: RpcCall): Promise<Caller | undefined> {
    switch (call.access) {
      case 'open':
        return undefined;
      case 'node':
        return { kind: 'node', signer: await this.signerOf(call) };
      case 'task':
        return { kind: 'task', tokenHash: tokenHashOf(call.headers) };
      case 'superexec':
        await this.superExecSignature.authenticate(call);
        return { kind: 'superexec' };
      case 'account':
        return { kind: 'account', account: NO_ACCOUNT };
    }
  }

  /** Adapters between a node and us may drop its metadata: unsigned calls are for operators who chose them. */
  private async signerOf({ transport, headers }: RpcCall): Promise<Signer> {
    const mayBeUnsigned = transport === 'grpc-adapter' && this.config.unsignedAdapterCalls;
    if (mayBeUnsigned && !this.nodeSignature.isClaimed(headers)) return null;
    return this.nodeSignature.authenticate(headers);
  }
}

function refuseTooOld({ client }: RpcCall): void {
  if (!client.isTooOld) return;
  const way = 'Upgrade it: pip install --upgrade "flwr>=1.30"';
  throw new SuperLinkError(
    'RUNTIME_VERSION_INCOMPATIBLE',
    `This is ${client.release ?? ''}. ${way}`,
  );
}
