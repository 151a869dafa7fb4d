import { Module } from '@nestjs/common';

import { FederationsModule } from '../federations/federations.module';
import { ConnectorsService } from './connectors.service';

@Module({
  imports: [FederationsModule],
  providers: [ConnectorsService],
  exports: [ConnectorsService],
})
export class ConnectorsModule {}
