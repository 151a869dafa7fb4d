import type { PushObjectRequest } from '../generated/flwr/proto/object';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The push session that a client names. None to 1.32, and then any session of the run that waits for the object. */
export function sessionIdOf({ sessionId }: PushObjectRequest): string | undefined {
  return UUID.test(sessionId) ? sessionId : undefined;
}
