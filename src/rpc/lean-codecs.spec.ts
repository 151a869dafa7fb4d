import { FleetService } from '../generated/flwr/proto/fleet';
import { ServerAppIoService } from '../generated/flwr/proto/serverappio';
import { requestDeserializer } from './lean-codecs';

const FIELD_3_OF_TWO_BYTES = [0x1a, 2];
const UMLAUT = Buffer.from('ü');
const NO_UTF8 = Buffer.from([0xff, 0xfe]);

describe('requestDeserializer', () => {
  it.each([FleetService.pushObject, FleetService.pullObject, ServerAppIoService.pushLogs])(
    'reads UTF-8 and nothing else as text: $path',
    (definition) => {
      const decode = requestDeserializer(definition);
      const withText = (text: Buffer): Buffer =>
        Buffer.concat([Buffer.from(FIELD_3_OF_TWO_BYTES), text]);
      expect(JSON.stringify(decode(withText(UMLAUT)), jsonOfId)).toContain('ü');
      expect(() => decode(withText(NO_UTF8))).toThrow();
    },
  );
});

function jsonOfId(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
