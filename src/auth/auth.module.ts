import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { NodeSignature } from './node-signature';
import { NonceRepository } from './nonce.repository';
import { NonceHousekeeping } from './nonce-housekeeping';
import { RpcGuard } from './rpc.guard';
import { SuperExecSignature } from './superexec-signature';

@Module({
  providers: [
    NodeSignature,
    NonceHousekeeping,
    NonceRepository,
    SuperExecSignature,
    { provide: APP_GUARD, useClass: RpcGuard },
  ],
})
export class AuthModule {}
