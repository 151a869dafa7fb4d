import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';

import { rpcCallOf, rpcMetadataOf } from '../rpc-call-of';
import { Admission } from './admission';

/** Comes before the guard that looks at signatures, which cost more than all else of a small call. */
@Injectable()
export class AdmissionGuard implements CanActivate {
  constructor(private readonly admission: Admission) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (rpcMetadataOf(context) === undefined) return true;
    const call = rpcCallOf(context);
    call.leave = await this.admission.enter(call);
    return true;
  }
}
