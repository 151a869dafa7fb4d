import { clientReleaseOf, isReleaseBefore } from './client-release';

function read(headers: Readonly<Record<string, string | readonly string[]>>) {
  return clientReleaseOf({ text: (name) => [headers[name] ?? []].flat() });
}

function of(packageName: string, version: string, component = 'SuperNode') {
  return read({
    'flwr-package-name': packageName,
    'flwr-package-version': version,
    'flwr-component-name': component,
  });
}

describe('clientReleaseOf', () => {
  it.each([
    ['flwr', '1.30.0'],
    ['flwr', '1.42.0'],
    ['flwr', '2.0.0'],
    ['flwr-nightly', '1.43.0.dev20261123'],
    ['flwr-nightly', '1.30.0.dev20260401'],
    ['somebody-elses', '0.1.0'],
  ])('takes %s %s', (packageName, version) => {
    expect(of(packageName, version)).toEqual({
      release: `${packageName} ${version}`,
      component: 'SuperNode',
      isTooOld: false,
    });
  });

  it.each([
    ['flwr', '1.29.0'],
    ['flwr', '1.29.9rc1'],
    ['flwr', '0.99.0'],
    ['flwr-nightly', '1.29.0.dev20260301'],
  ])('knows %s %s as too old', (packageName, version) => {
    expect(of(packageName, version).isTooOld).toBe(true);
  });

  it.each([
    ['nothing', {}],
    ['a version without a package', { 'flwr-package-version': '1.2.0' }],
    ['a package without a version', { 'flwr-package-name': 'flwr' }],
    [
      'what a Flower without its metadata says',
      { 'flwr-package-name': 'unknown', 'flwr-package-version': 'unknown' },
    ],
    [
      'a doubled header',
      { 'flwr-package-name': ['flwr', 'flwr'], 'flwr-package-version': '1.2.0' },
    ],
    [
      'a version of endless length',
      { 'flwr-package-name': 'flwr', 'flwr-package-version': `1.2.${'0'.repeat(64)}` },
    ],
    [
      'a version with a line break',
      { 'flwr-package-name': 'flwr', 'flwr-package-version': '1.2.0\n' },
    ],
    ['a component of endless length', { 'flwr-component-name': 'x'.repeat(33) }],
    ['a component with a terminal sequence', { 'flwr-component-name': 'flwr\u001b[2J' }],
    ['a component that could be a field of a log', { 'flwr-component-name': 'a","level":60' }],
  ])('makes nothing of %s, and refuses nothing for it', (_, headers) => {
    expect(read(headers)).toEqual({ isTooOld: false });
  });
});

describe('isReleaseBefore', () => {
  it.each([
    ['flwr 1.37.2', true],
    ['flwr-nightly 1.37.0.dev20260901', true],
    ['flwr 1.38.0', false],
    ['flwr-nightly 1.38.0.dev20261001', false],
    ['flwr 2.0.0', false],
    ['somebody-elses 0.1.0', false],
    [undefined, false],
  ])('is asked whether %s is before 1.38: %s', (release, isBefore) => {
    expect(isReleaseBefore(38, release)).toBe(isBefore);
  });
});
