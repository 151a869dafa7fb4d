import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { Observable } from 'rxjs';

import { rpcCallOf, rpcMetadataOf } from '../rpc/rpc-call-of';
import { Presence } from './presence';

/** Every call that proved who it comes from is a sign of life. */
@Injectable()
export class PresenceInterceptor implements NestInterceptor {
  constructor(private readonly presence: Presence) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (rpcMetadataOf(context) !== undefined) this.note(context);
    return next.handle();
  }

  private note(context: ExecutionContext): void {
    const { caller } = rpcCallOf(context);
    if (caller?.kind === 'node' && caller.signer !== null) {
      this.presence.note('node', caller.signer);
    }
    if (caller?.kind === 'task') this.presence.note('task', caller.tokenHash);
  }
}
