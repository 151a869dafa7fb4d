import { Module } from '@nestjs/common';

import { AppsModule } from '../../apps/apps.module';
import { ConnectorsModule } from '../../connectors/connectors.module';
import { FederationsModule } from '../../federations/federations.module';
import { MessagesModule } from '../../messages/messages.module';
import { RunsModule } from '../../runs/runs.module';
import { RunStarter } from './run-starter.service';

/** Apart from ExecModule, for automations start runs too. */
@Module({
  imports: [AppsModule, ConnectorsModule, FederationsModule, MessagesModule, RunsModule],
  providers: [RunStarter],
  exports: [RunStarter],
})
export class RunStarterModule {}
