import { Controller } from '@nestjs/common';

import { SuperLinkError } from '../errors/superlink-error';
import { ControlService } from '../generated/flwr/proto/control';
import { GetLoginDetailsResponse } from '../generated/flwr/proto/control_account';
import { Rpc } from '../rpc/rpc.decorator';

/** `flwr login` on a SuperLink without accounts. */
@Controller()
export class LoginController {
  /** "noop" makes the CLI say that there is nothing to log in to. */
  @Rpc(ControlService.getLoginDetails, 'open')
  getLoginDetails(): GetLoginDetailsResponse {
    return GetLoginDetailsResponse.fromPartial({ authnType: 'noop' });
  }

  @Rpc(ControlService.getAuthTokens, 'open')
  getAuthTokens(): never {
    throw new SuperLinkError('NO_ACCOUNT_AUTH');
  }

  @Rpc(ControlService.refreshAuthTokens, 'open')
  refreshAuthTokens(): never {
    throw new SuperLinkError('ACCOUNT_AUTHENTICATION_FAILED');
  }
}
