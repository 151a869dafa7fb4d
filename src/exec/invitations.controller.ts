import { Controller } from '@nestjs/common';

import { ControlService } from '../generated/flwr/proto/control';
import type {
  AcceptInvitationRequest,
  CreateInvitationRequest,
} from '../generated/flwr/proto/control_federation';
import { Rpc } from '../rpc/rpc.decorator';
import { RpcRequest } from '../rpc/rpc-parameters.decorator';
import { FederationRefusals } from './federation-refusals.service';

/** Invitations into federations: there is nobody to invite. */
@Controller()
export class InvitationsController {
  constructor(private readonly refusals: FederationRefusals) {}

  @Rpc(ControlService.createInvitation, 'account')
  createInvitation(@RpcRequest() { federationName }: CreateInvitationRequest): never {
    return this.refusals.changeInvitation(federationName);
  }

  @Rpc(ControlService.acceptInvitation, 'account')
  acceptInvitation(@RpcRequest() { federationName }: AcceptInvitationRequest): never {
    return this.refusals.changeInvitation(federationName);
  }

  @Rpc(ControlService.listInvitations, 'account')
  listInvitations(): never {
    return this.refusals.refuse();
  }

  @Rpc(ControlService.rejectInvitation, 'account')
  rejectInvitation(): never {
    return this.refusals.refuse();
  }

  @Rpc(ControlService.revokeInvitation, 'account')
  revokeInvitation(): never {
    return this.refusals.refuse();
  }
}
