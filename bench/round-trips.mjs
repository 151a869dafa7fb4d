/** Where the time of each message went, from the ServerApp's own clock and the SuperNodes' lines. */
import { clientParts } from '../scripts/flower/federation.mjs';

const MS = 1000;

/** When the reply that the node began to send at `sendingAt` had left it whole. */
function sentAt(node, sendingAt) {
  return node.lines.find(({ at, text }) => at >= sendingAt && /Sent successfully/.test(text)).at;
}

/**
 * For each message of a toy run, in seconds: the round trip as the ServerApp saw it, the node's own
 * part (from its receipt to its beginning to send the reply), and what is on top of that. A
 * ServerApp gets a round's replies together, so the time from a node's reply to that of the
 * round's last node is the other node's. `pushSeconds` is how long the last node took to send: our
 * answers, and its own naps of 0.5 s while its ClientApp hands it the objects.
 */
export function tripsOf(result, nodes) {
  const parts = nodes.flatMap((node) =>
    clientParts(node.lines).map((part) => ({ ...part, sentAt: sentAt(node, part.sendingAt) })),
  );
  const byMessage = new Map(parts.map((part) => [part.messageId, part]));
  const trips = result.trips.map((trip) => ({ ...trip, ...byMessage.get(trip.message_id) }));
  return trips.map((trip) => {
    const last = trips
      .filter(({ round }) => round === trip.round)
      .toSorted((one, other) => other.sendingAt - one.sendingAt)[0];
    const outSeconds = trip.receivedAt / MS - trip.sent_at;
    const backSeconds = trip.received_at - last.sendingAt / MS;
    const pushSeconds = (last.sentAt - last.sendingAt) / MS;
    return {
      round: trip.round,
      partition: trip.partition,
      seconds: trip.received_at - trip.sent_at,
      clientSeconds: (trip.sendingAt - trip.receivedAt) / MS,
      otherNodeSeconds: (last.sendingAt - trip.sendingAt) / MS,
      outSeconds,
      backSeconds,
      pushSeconds,
      afterPushSeconds: backSeconds - pushSeconds,
      onTopSeconds: outSeconds + backSeconds,
    };
  });
}
