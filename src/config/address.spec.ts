import { formatAddress, localAddress, parseAddress } from './address';

describe('an address', () => {
  it.each([
    ['0.0.0.0:9092', '0.0.0.0', 9092],
    ['superlink.example:0', 'superlink.example', 0],
    ['[::]:65535', '::', 65535],
    ['[2001:db8::1]:9091', '2001:db8::1', 9091],
  ])('%s is read and written back', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port });
    expect(formatAddress({ host, port })).toBe(text);
  });

  it.each([
    '',
    ':9092',
    'host',
    'host:',
    'host:65536',
    'host:-1',
    'host:9092 ',
    'host:0x10',
    '::1:9092',
    '[::1]',
    '[host]:9092',
    '[::1]:',
    'http://host:80',
    'a b:80',
  ])('%j is refused', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('that is open to all is reached over the loopback', () => {
    expect(localAddress({ host: '0.0.0.0', port: 1 }).host).toBe('127.0.0.1');
    expect(localAddress({ host: '::', port: 1 }).host).toBe('::1');
    expect(localAddress({ host: '10.0.0.1', port: 1 }).host).toBe('10.0.0.1');
  });
});
