import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

import { Metrics } from '../metrics/metrics';
import { connectionTurns } from './connection-turns';
import { serversOf } from './data-source';
import { Database } from './database';
import { DatabaseClock } from './database-clock';
import { DatabaseMeter } from './database-meter';
import { DatabaseServers } from './database-servers';

/** TypeORM keeps its pool on the driver without a public type for it. */
interface PooledDriver {
  readonly master: Pool;
}

/** Gives every module TypeORM's repositories and `Database`, both on one pool. */
@Global()
@Module({})
export class DatabaseModule {
  /**
   * @param dataSource initialised already, so that start-up failures are told before Nest begins
   * @param isPooled true: it goes through a transaction pooler
   */
  static forRoot(dataSource: DataSource, isPooled = false): DynamicModule {
    const pool = (dataSource.driver as unknown as PooledDriver).master;
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => dataSource.options,
          dataSourceFactory: () => Promise.resolve(dataSource),
        }),
      ],
      providers: [
        {
          provide: Database,
          useFactory: (metrics: Metrics) => {
            const turns = connectionTurns(pool.options.max);
            return new Database(pool, turns, new DatabaseMeter(metrics, pool, turns), !isPooled);
          },
          inject: [Metrics],
        },
        { provide: DatabaseServers, useValue: serversOf(dataSource) },
        DatabaseClock,
      ],
      exports: [Database, DatabaseServers, DatabaseClock, TypeOrmModule],
    };
  }
}
