/** Where the messages of a streaming answer go, whatever the wire. */
export interface StreamSink {
  /** Sends headers. */
  begin(): void;
  /** Resolves when the message has left, or when there is nobody to take it. */
  send(message: unknown, gone: AbortSignal): Promise<void>;
  /** All was said. */
  end(): void;
  /** After the end, or after an error: lets go of timers. */
  close(): void;
}

/** Writes by a call that reports when it is done, which may never come once the client has gone. */
export async function written(write: (done: () => void) => void, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      gone.removeEventListener('abort', end);
      resolve();
    };
    gone.addEventListener('abort', end);
    write(end);
  });
}
