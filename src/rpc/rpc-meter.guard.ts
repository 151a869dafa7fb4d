import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

import { rpcCallOf, rpcMetadataOf } from './rpc-call-of';
import { RpcMeter } from './rpc-meter';

/** Lets everybody in. It is the first to see a call, so that those which the other guards refuse are counted, too. */
@Injectable()
export class RpcMeterGuard implements CanActivate {
  constructor(private readonly meter: RpcMeter) {}

  canActivate(context: ExecutionContext): boolean {
    if (rpcMetadataOf(context) !== undefined) this.meter.begin(rpcCallOf(context));
    return true;
  }
}
