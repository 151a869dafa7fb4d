/** Where the time of each message went, from the ServerApp's own clock and the SuperNodes' lines. */
import { clientParts } from '../scripts/flower/federation.mjs';

const MS = 1000;

/**
 * For each message of a toy run, in seconds: the round trip as the ServerApp saw it, the node's own
 * part (from its receipt to its beginning to send the reply), and what is on top of that. A
 * ServerApp gets a round's replies together, so the time from a node's reply to that of the
 * round's last node is the other node's.
 */
export function tripsOf(result, nodes) {
  const parts = nodes.flatMap((node) => clientParts(node.lines));
  const byMessage = new Map(parts.map((part) => [part.messageId, part]));
  const trips = result.trips.map((trip) => ({ ...trip, ...byMessage.get(trip.message_id) }));
  return trips.map((trip) => {
    const lastSendingAt = Math.max(
      ...trips.filter(({ round }) => round === trip.round).map(({ sendingAt }) => sendingAt),
    );
    const outSeconds = trip.receivedAt / MS - trip.sent_at;
    const backSeconds = trip.received_at - lastSendingAt / MS;
    return {
      round: trip.round,
      partition: trip.partition,
      seconds: trip.received_at - trip.sent_at,
      clientSeconds: (trip.sendingAt - trip.receivedAt) / MS,
      otherNodeSeconds: (lastSendingAt - trip.sendingAt) / MS,
      outSeconds,
      backSeconds,
      onTopSeconds: outSeconds + backSeconds,
    };
  });
}
