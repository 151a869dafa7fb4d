import { Global, Module } from '@nestjs/common';

import { NotificationListener } from './notification-listener';
import { WaitingMetrics } from './waiting-metrics';
import { Wakeups } from './wakeups';

@Global()
@Module({ providers: [Wakeups, NotificationListener, WaitingMetrics], exports: [Wakeups] })
export class WaitingModule {}
