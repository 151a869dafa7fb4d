import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * True if the client has closed the connection by now. A busy event loop reads requests whose clients gave up seconds ago,
 * and is told of a connection's end only in the turn after that of its last bytes.
 */
export async function hasClientLeft(socket: Socket): Promise<boolean> {
  await nextTurn(); // ends the turn in which the request was read
  await nextTurn(); // and the one in which the end comes
  return socket.readableEnded || socket.destroyed;
}
