import { ControlService } from '../../generated/flwr/proto/control';
import { FleetService } from '../../generated/flwr/proto/fleet';
import { packageDefinitionOf } from './package-definition';

type Methods = Record<
  string,
  { path: string; requestDeserialize: (bytes: Buffer) => unknown; responseStream: boolean }
>;

describe('packageDefinitionOf', () => {
  const byService = packageDefinitionOf([FleetService, ControlService]) as unknown as Record<
    string,
    Methods
  >;

  it('names services and methods as the .proto files do', () => {
    expect(Object.keys(byService)).toEqual(['flwr.proto.Fleet', 'flwr.proto.Control']);
    expect(byService['flwr.proto.Fleet']?.['PullMessages']?.path).toBe(
      '/flwr.proto.Fleet/PullMessages',
    );
  });

  it('has every method of a service', () => {
    const paths = Object.values(byService['flwr.proto.Control'] ?? {}).map(({ path }) => path);
    expect(paths).toEqual(Object.values(ControlService).map(({ path }) => path));
  });

  it('hands requests on as the bytes they came as, malformed ones too', () => {
    const bytes = Buffer.from('no protobuf');
    expect(byService['flwr.proto.Fleet']?.['PullMessages']?.requestDeserialize(bytes)).toBe(bytes);
  });

  it('keeps streams streams', () => {
    expect(byService['flwr.proto.Control']?.['StreamLogs']?.responseStream).toBe(true);
    expect(byService['flwr.proto.Control']?.['ListRuns']?.responseStream).toBe(false);
  });
});
