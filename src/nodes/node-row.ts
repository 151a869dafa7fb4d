import { NodeInfo } from '../generated/flwr/proto/node';
import { isoText } from '../wire/times';

/** A node as `NODE_COLUMNS` selects it; `online_until` in seconds since the epoch. */
export interface NodeRow {
  readonly node_id: bigint;
  readonly owner_aid: string;
  readonly owner_name: string;
  readonly status: string;
  readonly registered_at: string;
  readonly last_activated_at: string | null;
  readonly last_deactivated_at: string | null;
  readonly unregistered_at: string | null;
  readonly online_until: number | null;
  readonly heartbeat_interval: number;
  readonly public_key: Buffer;
  readonly location: string | null;
  readonly name: string | null;
}

const optionalIsoText = (time: string | null): string | undefined =>
  time === null ? undefined : isoText(time);

export function toNodeInfo(row: NodeRow): NodeInfo {
  return NodeInfo.fromPartial({
    nodeId: row.node_id,
    ownerAid: row.owner_aid,
    ownerName: row.owner_name,
    status: row.status,
    registeredAt: isoText(row.registered_at),
    lastActivatedAt: optionalIsoText(row.last_activated_at),
    lastDeactivatedAt: optionalIsoText(row.last_deactivated_at),
    unregisteredAt: optionalIsoText(row.unregistered_at),
    onlineUntil: row.online_until ?? undefined,
    heartbeatInterval: row.heartbeat_interval,
    publicKey: row.public_key,
    location: row.location ?? undefined,
    name: row.name ?? undefined,
  });
}
