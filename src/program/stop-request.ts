const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** The wish of a person or an orchestrator that we end. */
export interface StopRequest {
  /** Resolves at the first signal. */
  readonly requested: Promise<void>;
}

/** From now on SIGTERM and SIGINT only ask to stop; the second of them calls `force`. */
export function watchStopSignals(force: () => void): StopRequest {
  let count = 0;
  const requested = new Promise<void>((resolve) => {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        count += 1;
        if (count === 1) resolve();
        else force();
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
