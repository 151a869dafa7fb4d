import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Housekeeping, stepOf } from '../housekeeping/housekeeping';
import { NonceRepository } from './nonce.repository';

const NONCES_A_STEP = 1_000;

/** Forgets nonces whose signatures are too old to be accepted anyway. */
@Injectable()
export class NonceHousekeeping implements OnModuleInit {
  constructor(
    private readonly housekeeping: Housekeeping,
    private readonly nonces: NonceRepository,
  ) {}

  onModuleInit(): void {
    this.housekeeping.add({
      name: 'nonces',
      everyMilliseconds: 30_000,
      run: async (tx) => stepOf(await this.nonces.dropExpired(tx, NONCES_A_STEP), NONCES_A_STEP),
    });
  }
}
