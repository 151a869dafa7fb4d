import { type DynamicModule, Module } from '@nestjs/common';

import { LOGGER, type Logger } from './logger';

/** Gives every module the one logger. */
@Module({})
export class LoggingModule {
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: LoggingModule,
      global: true,
      providers: [{ provide: LOGGER, useValue: logger }],
      exports: [LOGGER],
    };
  }
}
