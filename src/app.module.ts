import { type DynamicModule, Module } from '@nestjs/common';
import type { DataSource } from 'typeorm';

import { AuthModule } from './auth/auth.module';
import type { ReplicaConfig } from './config/config';
import { ConfigModule } from './config/config.module';
import { DatabaseModule } from './database/database.module';
import { ExecModule } from './exec/exec.module';
import { FleetModule } from './fleet/fleet.module';
import { HealthModule } from './health/health.module';
import { HousekeepingModule } from './housekeeping/housekeeping.module';
import { LeasesModule } from './leases/leases.module';
import type { Logger } from './logging/logger';
import { LoggingModule } from './logging/logging.module';
import { MetricsModule } from './metrics/metrics.module';
import { ObjectsModule } from './objects/objects.module';
import { PresenceModule } from './presence/presence.module';
import { RpcModule } from './rpc/rpc.module';
import { ServerAppIoModule } from './server-app-io/server-app-io.module';
import { WaitingModule } from './waiting/waiting.module';

/** One replica: everything that it serves, and the ground it stands on. */
@Module({})
export class AppModule {
  static forRoot(config: ReplicaConfig, logger: Logger, dataSource: DataSource): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(logger),
        DatabaseModule.forRoot(dataSource, config.database.directUrl !== undefined),
        MetricsModule,
        RpcModule, // before AuthModule: what its guard refuses is counted, too
        AuthModule,
        WaitingModule,
        HousekeepingModule,
        LeasesModule,
        PresenceModule,
        FleetModule,
        ServerAppIoModule,
        ObjectsModule,
        ExecModule,
        HealthModule,
      ],
    };
  }
}
