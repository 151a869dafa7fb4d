import { Global, Module } from '@nestjs/common';

import { NotificationListener } from './notification-listener';
import { Wakeups } from './wakeups';

@Global()
@Module({ providers: [Wakeups, NotificationListener], exports: [Wakeups] })
export class WaitingModule {}
