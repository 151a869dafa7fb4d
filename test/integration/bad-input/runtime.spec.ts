import { describeBadInputs } from './bad-inputs';
import { RUNTIME_ONLY, RUNTIME_SAMPLES } from './runtime-samples';

describeBadInputs(RUNTIME_ONLY, RUNTIME_SAMPLES, ({ foreignIds }) => foreignIds);
