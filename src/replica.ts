import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { DataSource } from 'typeorm';

import { AppModule } from './app.module';
import { AUTOMATION_ENTITIES } from './automations/entities/automation.entities';
import type { ReplicaConfig } from './config/config';
import { drainCutSeconds } from './config/drain-times';
import { createDataSource } from './database/data-source';
import { checkSchema } from './database/migrate';
import { type Patience, waitForDatabase } from './database/wait-for-database';
import { DrainService } from './health/drain.service';
import { createLogger } from './logging/create-logger';
import { NestLogger } from './logging/nest-logger';
import { openRotatingFile } from './logging/rotating-file';
import { connectDoors, type Door } from './replica-doors';
import { httpOptions, tuneHttpServer } from './rpc/http/http-server';
import { RpcExpressAdapter } from './rpc/http/rpc-express-adapter';
import { RUN_ENTITIES } from './runs/entities/run.entities';

export interface Replica {
  /** Drains and closes: readiness first, then what is held, then what runs. */
  stop(): Promise<void>;
}

/** Starts one replica in this process. Throws what a port, the database or a certificate said. `say`: to a person. */
export async function startReplica(
  config: ReplicaConfig,
  patience: Patience,
  say: (line: string) => void,
): Promise<Replica> {
  const file = await openRotatingFile(config.log, say);
  const logger = createLogger(config.log, file === undefined ? [] : [file]);
  const dataSource = await waitForDatabase(patience, () => connect(config));
  try {
    const app = await NestFactory.create<NestExpressApplication>(
      AppModule.forRoot(config, logger, dataSource),
      new RpcExpressAdapter(),
      {
        logger: new NestLogger(logger),
        bodyParser: false,
        abortOnError: false,
        ...httpOptions(config.tls, config.singlePort),
      },
    );
    const doors = connectDoors(app, config);
    tuneHttpServer(app.getHttpServer(), config.maxConnectionAgeSeconds);
    await app.startAllMicroservices();
    await app.listen(config.listen.http.port, config.listen.http.host);
    logger.info({ listen: config.listen }, 'serving');
    return { stop: () => stop(app, doors, logger, config.drainSeconds) };
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw error;
  }
}

/** Throws also if the schema is not the one of this program. */
async function connect({ database }: ReplicaConfig): Promise<DataSource> {
  const dataSource = await createDataSource({
    url: database.url,
    isPooled: database.directUrl !== undefined,
    poolSize: database.poolSize,
    entities: [...AUTOMATION_ENTITIES, ...RUN_ENTITIES],
  }).initialize();
  try {
    await checkSchema(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

async function stop(
  app: NestExpressApplication,
  doors: readonly Door[],
  logger: ReturnType<typeof createLogger>,
  drainSeconds: number,
): Promise<void> {
  logger.info('draining');
  const server = app.getHttpServer();
  // HTTP clients resume no stream: theirs last as long as the drain may
  const cut = setTimeout(
    () => {
      server.closeAllConnections();
    },
    drainCutSeconds(drainSeconds) * 1000,
  );
  await app.get(DrainService, { strict: false }).drain();
  server.closeIdleConnections();
  // all at once: Nest alone would keep gRPC open until the last HTTP stream has ended
  await Promise.all([app.close(), ...doors.map((door) => door.close())]);
  clearTimeout(cut);
  logger.info('stopped');
}
