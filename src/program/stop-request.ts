const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** One Ctrl-C under npm, or one `timeout`, arrives twice: by the group and passed on by the parent. */
const ECHO_MILLISECONDS = 1_000;

/** The wish of a person or an orchestrator that we end. */
export interface StopRequest {
  /** Resolves at the first signal. */
  readonly requested: Promise<void>;
}

/** From now on SIGTERM and SIGINT only ask to stop; another one, a second or more later, calls `force`. */
export function watchStopSignals(force: () => void): StopRequest {
  let firstAt: number | undefined;
  const requested = new Promise<void>((resolve) => {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        firstAt ??= performance.now();
        if (performance.now() - firstAt >= ECHO_MILLISECONDS) force();
        else resolve();
      });
    }
  });
  return { requested };
}

/** True if `work` ended within `seconds`. */
export async function endsWithin(work: Promise<unknown>, seconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1_000);
  });
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
