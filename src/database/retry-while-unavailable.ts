import { SuperLinkError } from '../errors/superlink-error';

const FIRST_PAUSE_MILLISECONDS = 50;
const LONGEST_PAUSE_MILLISECONDS = 1_000;

/**
 * Runs `work` again while it ends UNAVAILABLE, for callers that do not repeat a call themselves (the CLI).
 * @param seconds after this long the last UNAVAILABLE is thrown; other errors always are, at once
 * @param work must be safe to run twice: its first COMMIT may have been done although its answer was lost
 */
export async function retryWhileUnavailable<Result>(
  seconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const end = performance.now() + seconds * 1000;
  for (
    let pause = FIRST_PAUSE_MILLISECONDS;
    ;
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS)
  ) {
    try {
      return await work();
    } catch (error) {
      const isOver = performance.now() + pause > end;
      if (isOver || !isUnavailable(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof SuperLinkError && error.errorName === 'UNAVAILABLE';
}
