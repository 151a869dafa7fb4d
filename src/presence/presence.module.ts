import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';

import { Presence } from './presence';
import { PresenceInterceptor } from './presence.interceptor';

@Global()
@Module({
  providers: [Presence, { provide: APP_INTERCEPTOR, useClass: PresenceInterceptor }],
  exports: [Presence],
})
export class PresenceModule {}
