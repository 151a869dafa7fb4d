import { type Releases, uniform } from '../support/stock-federation';

/** A federation of stock programs that is to play a run. */
export interface NamedFederation {
  readonly name: string;
  readonly releases: Releases;
}

/** The newest patch of each release from 1.31 on. */
const RELEASES = [
  ...['1.31.0', '1.32.1', '1.33.0', '1.34.0', '1.35.0', '1.36.0'],
  ...['1.37.0', '1.38.0', '1.39.0', '1.40.0', '1.41.0', '1.42.0'],
];

/** All programs of one release. */
export const UNIFORM: readonly NamedFederation[] = RELEASES.map((release) => ({
  name: `Flower ${release}`,
  releases: uniform(release),
}));

/** What is there in the middle of an upgrade. */
export const MIXED: readonly NamedFederation[] = [
  {
    name: 'every generation of nodes at once',
    releases: { cli: '1.36.0', superExec: '1.41.0', superNodes: ['1.33.0', '1.39.0', '1.42.0'] },
  },
  {
    name: 'new nodes and CLI at an old SuperExec',
    releases: { cli: '1.42.0', superExec: '1.33.0', superNodes: ['1.31.0', '1.42.0'] },
  },
  {
    name: 'old nodes and CLI at a new SuperExec',
    releases: { cli: '1.31.0', superExec: '1.42.0', superNodes: ['1.36.0', '1.40.0'] },
  },
];

/** Those that every test run plays: of each way to speak to a SuperLink one, and a mix of them. */
export const IN_EVERY_RUN: readonly NamedFederation[] = [
  ...UNIFORM.filter(({ name }) => /1\.(33|36|39|42)\./.test(name)),
  MIXED[0]!,
];
