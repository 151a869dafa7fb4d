import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';
import { DatabaseClock } from '../database/database-clock';
import { FederationsService } from '../federations/federations.service';
import { SimulationsService } from '../federations/simulations.service';
import {
  ListFederationsResponse,
  ShowFederationResponse,
} from '../generated/flwr/proto/control_federation';
import type { Federation } from '../generated/flwr/proto/federation';
import { NodesService } from '../nodes/nodes.service';
import type { Account } from '../rpc/rpc-call';
import { RunsService } from '../runs/runs.service';

const DESCRIPTION = 'The one federation of this SuperLink.';

/** `flwr federation list` and `show`. */
@Injectable()
export class FederationView {
  constructor(
    private readonly database: Database,
    private readonly federations: FederationsService,
    private readonly simulations: SimulationsService,
    private readonly nodes: NodesService,
    private readonly runs: RunsService,
    private readonly clock: DatabaseClock,
  ) {}

  list(account: Account): ListFederationsResponse {
    const simulation = this.simulations.areServed;
    return ListFederationsResponse.fromPartial({
      federations: this.federations
        .listOf(account)
        .map((name) => ({ name, description: DESCRIPTION, simulation, ...membersOf(account) })),
    });
  }

  /** The federation with its member, all nodes (unregistered ones too, as upstream) and all runs. */
  async show(name: string, account: Account): Promise<ShowFederationResponse> {
    this.federations.requirePermission(account, name);
    const nodes = await this.nodes.listOwned(account);
    const runs = await this.runs.listOfAccount(account.flwrAid, { limit: undefined, skip: 0n });
    return ShowFederationResponse.fromPartial({
      federation: {
        name,
        description: DESCRIPTION,
        ...membersOf(account),
        nodes,
        runs,
        simulation: this.simulations.areServed,
        config: await this.simulations.configOf(name, this.database),
      },
      now: await this.clock.now(),
    });
  }
}

/** Of the one federation: whoever asks, without accounts. */
function membersOf({ flwrAid, name }: Account): Pick<Federation, 'members' | 'memberCount'> {
  return { members: [{ account: { id: flwrAid, name }, role: 'owner' }], memberCount: 1 };
}
