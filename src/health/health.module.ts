import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';

import { DatabaseHealth } from './database.health';
import { DrainService } from './drain.service';
import { GrpcHealthController } from './grpc-health.controller';
import { HealthController } from './health.controller';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, GrpcHealthController],
  providers: [DatabaseHealth, DrainService],
})
export class HealthModule {}
