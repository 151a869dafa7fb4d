import { Global, Module } from '@nestjs/common';

import { LeaseClock } from './lease-clock';

@Global()
@Module({ providers: [LeaseClock], exports: [LeaseClock] })
export class LeasesModule {}
