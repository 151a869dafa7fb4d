import { type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';

import { Admission } from './admission/admission';
import { AdmissionGuard } from './admission/admission.guard';
import { Arrivals } from './admission/arrivals';
import { HttpAnswerInterceptor } from './http/http-answer.interceptor';
import { RpcHttpMiddleware } from './http/rpc-http.middleware';
import { RpcErrorFilter } from './rpc-error.filter';
import { RpcLog } from './rpc-log';
import { RpcLogInterceptor } from './rpc-log.interceptor';
import { RpcMeter } from './rpc-meter';
import { RpcMeterGuard } from './rpc-meter.guard';
import { RpcMeterInterceptor } from './rpc-meter.interceptor';

/** What stands around every RPC, whatever the wire. */
@Module({
  providers: [
    RpcMeter,
    RpcLog,
    Arrivals,
    Admission,
    { provide: APP_GUARD, useClass: RpcMeterGuard },
    { provide: APP_GUARD, useClass: AdmissionGuard },
    { provide: APP_FILTER, useClass: RpcErrorFilter },
    { provide: APP_INTERCEPTOR, useClass: RpcMeterInterceptor },
    { provide: APP_INTERCEPTOR, useClass: RpcLogInterceptor },
    { provide: APP_INTERCEPTOR, useClass: HttpAnswerInterceptor },
  ],
  exports: [Admission],
})
export class RpcModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(RpcHttpMiddleware).forRoutes({ path: 'v1/{*path}', method: RequestMethod.ALL });
  }
}
