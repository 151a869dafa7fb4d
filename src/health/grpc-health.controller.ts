import { Controller } from '@nestjs/common';

import {
  HealthCheckResponse,
  HealthCheckResponse_ServingStatus as ServingStatus,
  HealthService,
} from '../generated/grpc/health/v1/health';
import { Rpc } from '../rpc/rpc.decorator';
import { DatabaseHealth } from './database.health';
import { DrainService } from './drain.service';

/** `grpc.health.v1` on the port of --health-server-address; the service name is not looked at, as upstream. */
@Controller()
export class GrpcHealthController {
  constructor(
    private readonly database: DatabaseHealth,
    private readonly drain: DrainService,
  ) {}

  @Rpc(HealthService.check, 'open')
  async check(): Promise<HealthCheckResponse> {
    const isServing = !this.drain.isDraining && (await this.database.isUp());
    return HealthCheckResponse.fromPartial({
      status: isServing ? ServingStatus.SERVING : ServingStatus.NOT_SERVING,
    });
  }
}
