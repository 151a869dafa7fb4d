import { DELIVERY_MUTANTS } from './delivery-mutants.mjs';
import { REPLICA_MUTANTS } from './replica-mutants.mjs';

/**
 * Bugs that a maintainer could make. Each is planted alone: `find`, which must stand in `file` exactly once, becomes
 * `replace`, and the tests of `spec` (those named `test`, if given) must then fail.
 */

/** @type {readonly import('./mutants.d.mts').Mutant[]} */
export const MUTANTS = [...DELIVERY_MUTANTS, ...REPLICA_MUTANTS];
