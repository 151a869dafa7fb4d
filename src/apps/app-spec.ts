import { SuperLinkError } from '../errors/superlink-error';

/** `@account/app`, maybe with a version, as the app hub names apps. */
const APP_SPEC = /^(@[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+)(?:==\d+\.\d+\.\d+)?$/;

/** The app that a specification names, without its version; throws INVALID_APP_SPEC. */
export function appIdOf(appSpec: string): string {
  const [, appId] = APP_SPEC.exec(appSpec) ?? [];
  if (appId !== undefined) return appId;
  throw new SuperLinkError(
    'INVALID_APP_SPEC',
    'It must be of the form "@account/app" or "@account/app==1.2.3".',
  );
}

/** The hub belongs to the vendor's platform, which this SuperLink never calls. */
export function refuseHubApp(): never {
  throw new SuperLinkError(
    'FAB_DOWNLOAD_LINK_FAILURE',
    'This SuperLink does not use the app hub: run the app from its folder.',
  );
}
