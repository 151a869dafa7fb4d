import { Turns } from '../waiting/turns';

/** From this size on a pool can spare a connection. */
const LEAST_WITH_SPARE = 4;
const WAITING_PER_CONNECTION = 1_000;
/** As long as the pool itself waits for a connection to be made. */
const PATIENCE_MILLISECONDS = 5_000;

/**
 * Who may ask a pool of `size` connections, so that hardly anything waits in the pool itself: only what TypeORM asks,
 * which is rare. One connection is kept for what is urgent: a heartbeat must not wait until the first of many slow
 * statements ends.
 */
export function connectionTurns(size: number): Turns {
  const others = size < LEAST_WITH_SPARE ? size : size - 1;
  return new Turns({
    most: { first: size, usual: others, last: others },
    mostWaiting: WAITING_PER_CONNECTION * size,
    patienceMilliseconds: PATIENCE_MILLISECONDS,
  });
}
