import { Module } from '@nestjs/common';

import { ConnectorsModule } from '../../connectors/connectors.module';
import { FederationsModule } from '../../federations/federations.module';
import { RunsModule } from '../../runs/runs.module';
import { RunStarter } from './run-starter.service';

/** Apart from ExecModule, for automations start runs too. */
@Module({
  imports: [ConnectorsModule, FederationsModule, RunsModule],
  providers: [RunStarter],
  exports: [RunStarter],
})
export class RunStarterModule {}
