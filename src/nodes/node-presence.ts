import { Injectable, type OnModuleInit } from '@nestjs/common';

import { LeaseClock } from '../leases/lease-clock';
import { Presence } from '../presence/presence';
import { NodesRepository } from './nodes.repository';

/** Has the calls of nodes noted, and their leases renewed after a standstill. */
@Injectable()
export class NodePresence implements OnModuleInit {
  constructor(
    private readonly leases: LeaseClock,
    private readonly presence: Presence,
    private readonly nodes: NodesRepository,
  ) {}

  onModuleInit(): void {
    this.leases.renewWith((tx) => this.nodes.renewLeases(tx));
    this.presence.writeWith('node', (keys, ages) => this.nodes.noteSeen(keys, ages));
  }
}
