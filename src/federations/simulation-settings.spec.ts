import { SimulationConfig } from '../generated/flwr/proto/federation';
import { mergeSettings, settingsOf } from './simulation-settings';

describe('settings of a simulation', () => {
  it('are what is set, however little it is, and nothing that only newer releases know', () => {
    const config = SimulationConfig.fromPartial({ clientResourcesNumGpus: 0, verbose: false });
    const newer = Buffer.concat([SimulationConfig.encode(config).finish(), Buffer.of(0x78, 1)]);
    expect(settingsOf(SimulationConfig.decode(newer))).toEqual({
      clientResourcesNumGpus: 0,
      verbose: false,
    });
    expect(settingsOf(undefined)).toEqual({});
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('are refused with %d GPUs', (share) => {
    const config = SimulationConfig.fromPartial({ clientResourcesNumGpus: share });
    expect(() => settingsOf(config)).toThrow('could not be decoded');
  });

  it('are those of the run, then those of the federation, then the defaults', () => {
    const merged = mergeSettings({ numSupernodes: 5, backend: 'b' }, { numSupernodes: 7 });
    expect(merged).toEqual({
      numSupernodes: 7,
      clientResourcesNumCpus: 2,
      clientResourcesNumGpus: 0,
      backend: 'b',
      verbose: false,
      initArgsNumCpus: undefined,
      initArgsNumGpus: undefined,
      initArgsLoggingLevel: 'WARNING',
      initArgsLogToDriver: true,
      _unknownFields: {},
    });
  });
});
