import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import type { NestExpressApplication } from '@nestjs/platform-express';
import pino from 'pino';
import type { DataSource } from 'typeorm';

import { AuthModule } from '../../../src/auth/auth.module';
import { AUTOMATION_ENTITIES } from '../../../src/automations/entities/automation.entities';
import type { Config } from '../../../src/config/config';
import { ConfigModule } from '../../../src/config/config.module';
import { createDataSource } from '../../../src/database/data-source';
import { Database } from '../../../src/database/database';
import { DatabaseModule } from '../../../src/database/database.module';
import { ExecModule } from '../../../src/exec/exec.module';
import { ControlService } from '../../../src/generated/flwr/proto/control';
import { HousekeepingModule } from '../../../src/housekeeping/housekeeping.module';
import { LeasesModule } from '../../../src/leases/leases.module';
import { LOGGER } from '../../../src/logging/logger';
import { MetricsModule } from '../../../src/metrics/metrics.module';
import { PresenceModule } from '../../../src/presence/presence.module';
import { packageDefinitionOf } from '../../../src/rpc/grpc/package-definition';
import { tuneHttpServer } from '../../../src/rpc/http/http-server';
import { RpcExpressAdapter } from '../../../src/rpc/http/rpc-express-adapter';
import { RpcModule } from '../../../src/rpc/rpc.module';
import { RUN_ENTITIES } from '../../../src/runs/entities/run.entities';
import { WaitingModule } from '../../../src/waiting/waiting.module';
import { Wakeups } from '../../../src/waiting/wakeups';
import type { RpcClients } from '../../support/rpc-clients';
import { connectTo } from '../../support/wire';

@Module({})
class LoggerModule {
  static silent(): DynamicModule {
    const logger = {
      provide: LOGGER,
      useValue: pino({ level: process.env['LOG_LEVEL'] ?? 'silent' }),
    };
    return { module: LoggerModule, global: true, providers: [logger], exports: [LOGGER] };
  }
}

@Module({})
class ControlModule {
  static forRoot(config: Config, dataSource: DataSource): DynamicModule {
    return {
      module: ControlModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggerModule.silent(),
        DatabaseModule.forRoot(dataSource),
        MetricsModule,
        WaitingModule,
        HousekeepingModule,
        LeasesModule,
        RpcModule,
        AuthModule,
        PresenceModule,
        ExecModule,
      ],
    };
  }
}

export interface ControlReplica {
  /** Where it serves, as `host:port`. */
  readonly addresses: { readonly control: string; readonly http: string };
  readonly clients: RpcClients;
  readonly database: Database;
  readonly wakeups: Wakeups;
  close(): Promise<void>;
}

/** A replica that serves Control and nothing else, within this process. */
export async function startControlReplica(url: string): Promise<ControlReplica> {
  const entities = [...AUTOMATION_ENTITIES, ...RUN_ENTITIES];
  const dataSource = createDataSource({ url, poolSize: 5, entities });
  await dataSource.initialize();
  const config = configOf(url);
  const app = await NestFactory.create<NestExpressApplication>(
    ControlModule.forRoot(config, dataSource),
    new RpcExpressAdapter(),
    { logger: ['error'], abortOnError: false, bodyParser: false },
  );
  const port = await freePort();
  app.connectMicroservice<MicroserviceOptions>(
    {
      transport: Transport.GRPC,
      options: {
        url: `127.0.0.1:${port}`,
        package: 'flwr.proto',
        packageDefinition: packageDefinitionOf([ControlService]),
        maxReceiveMessageLength: 64 * 1024 * 1024,
      },
    },
    { inheritAppConfig: true },
  );
  tuneHttpServer(app.getHttpServer(), config.maxConnectionAgeSeconds);
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const { port: httpPort } = app.getHttpServer().address() as AddressInfo;
  const addresses = { control: `127.0.0.1:${port}`, http: `127.0.0.1:${httpPort}` };
  const clients = connectTo([{ fleet: '', serverAppIo: '', ...addresses }]);
  return {
    addresses,
    clients,
    database: app.get(Database),
    wakeups: app.get(Wakeups),
    close: async () => {
      clients.close();
      await app.close();
    },
  };
}

function configOf(url: string): Config {
  const nowhere = { host: '127.0.0.1', port: 0 };
  return {
    database: { url, poolSize: 5, waitSeconds: 0, migrateOnStart: false, dataDirectory: '' },
    listen: { fleet: nowhere, serverAppIo: nowhere, control: nowhere, http: nowhere },
    tls: {},
    holds: { nodeSeconds: 0, serverAppSeconds: 0, taskSeconds: 0 },
    models: { launchSeconds: 1, responseSeconds: 1 },
    retention: { logDays: 0, nodeDays: 0 },
    supernodeAuth: false,
    simulation: false,
    singlePort: false,
    unsignedAdapterCalls: false,
    isolation: 'process',
    replicas: 1,
    drainSeconds: 5,
    drainNoticeSeconds: 2,
    watchdogSeconds: 0,
    maxConnectionAgeSeconds: 0,
    log: { level: 'info', format: 'json', rotationIntervalHours: 24, rotationBackupCount: 1 },
    runtimeDependencyInstallation: false,
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
