import { ServerAppIoService } from '../../../src/generated/flwr/proto/serverappio';
import { describeBadInputs } from './bad-inputs';
import { SERVER_APP_IO_SAMPLES } from './server-app-io-samples';

describeBadInputs(ServerAppIoService, SERVER_APP_IO_SAMPLES, ({ foreignIds }) => foreignIds);
