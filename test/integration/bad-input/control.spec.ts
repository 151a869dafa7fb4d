import { ControlService } from '../../../src/generated/flwr/proto/control';
import { describeBadInputs } from './bad-inputs';
import { CONTROL_SAMPLES } from './control-samples';

// without accounts everything belongs to everybody
describeBadInputs(ControlService, CONTROL_SAMPLES, () => []);
