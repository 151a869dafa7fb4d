import { Controller, Get, HttpStatus, NotFoundException, Res } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import type { Response } from 'express';

import { DatabaseHealth } from './database.health';
import { DrainService } from './drain.service';

/** Probes over HTTP. Balancers take 404 as "send nothing new", 503 as "down". */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseHealth,
    private readonly drain: DrainService,
  ) {}

  /** As upstream's own: without a body; here 503 when nothing can be served. Stock CLIs ask their local SuperLink. */
  @Get()
  async index(@Res({ passthrough: true }) response: Response): Promise<void> {
    if (this.drain.isDraining || !(await this.database.isUp())) {
      response.status(HttpStatus.SERVICE_UNAVAILABLE);
    }
  }

  /** An answer proves that the event loop turns. PostgreSQL is no part of it: its outage must restart nobody. */
  @Get('live')
  @HealthCheck()
  async live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @Get('ready')
  @HealthCheck()
  async ready(): Promise<HealthCheckResult> {
    if (this.drain.isDraining) throw new NotFoundException('draining');
    return this.health.check([() => this.database.check('database')]);
  }

  /** The port is opened when start-up is done, so that an answer says it. */
  @Get('startup')
  @HealthCheck()
  async startup(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }
}
