/** A flag of Flower's SuperLink that is known and cannot be had here. */
export interface RefusedFlag {
  readonly flag: string;
  readonly takesValue: boolean;
  readonly reason: string;
}

const EXECUTOR = 'was removed by Flower; start a SuperExec instead, or use --isolation subprocess.';

/** They get their own answer instead of "unknown option", so that a command line from Flower can be mended. */
export const REFUSED_FLAGS: readonly RefusedFlag[] = [
  {
    flag: '--auth-list-public-keys',
    takesValue: true,
    reason:
      'is no longer supported: use --enable-supernode-auth and register the keys with `flwr supernode register`.',
  },
  { flag: '--exec-api-address', takesValue: true, reason: 'is now called --control-api-address.' },
  { flag: '--executor', takesValue: true, reason: EXECUTOR },
  { flag: '--executor-dir', takesValue: true, reason: EXECUTOR },
  { flag: '--executor-config', takesValue: true, reason: EXECUTOR },
  {
    flag: '--disable-grpc-api',
    takesValue: false,
    reason: 'is not supported: the gRPC APIs are always served.',
  },
];
