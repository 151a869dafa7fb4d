import { FleetService } from '../../../src/generated/flwr/proto/fleet';
import { describeBadInputs } from './bad-inputs';
import { FLEET_SAMPLES } from './fleet-samples';

describeBadInputs(FleetService, FLEET_SAMPLES, ({ foreignIds }) => foreignIds);
