import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Presence } from '../presence/presence';
import { NodesRepository } from './nodes.repository';

@Injectable()
export class NodePresence implements OnModuleInit {
  constructor(
    private readonly presence: Presence,
    private readonly nodes: NodesRepository,
  ) {}

  onModuleInit(): void {
    this.presence.writeWith('node', (keys, ages) => this.nodes.noteSeen(keys, ages));
  }
}
