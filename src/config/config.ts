import type { Address } from './address';

export type { Address } from './address';

/** Injection token of the `Config`. */
export const CONFIG = Symbol('CONFIG');

/** A server's TLS identity, PEM. */
export interface TlsIdentity {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  /** Path of `ca`, which a SuperExec that we start has to read by itself. */
  readonly caFile?: string;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface LogConfig {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  /** Where lines go beside the standard output; rotated. */
  readonly file?: string;
  readonly rotationIntervalHours: number;
  readonly rotationBackupCount: number;
  /** Stands in every line when several replicas of this machine write to one output. */
  readonly replicaNumber?: number;
}

/**
 * Everything that can be set, checked as a whole before anything starts. Made by `loadConfig` only, which is the one
 * place that reads flags and environment.
 */
export interface Config {
  readonly database: {
    /** Absent: the embedded PostgreSQL in `dataDirectory`. */
    readonly url?: string;
    /** Where LISTEN and migrations go, around the transaction pooler at `url`; absent: there is none. */
    readonly directUrl?: string;
    /** Connections of one replica. */
    readonly poolSize: number;
    /** How long a start waits for it; 0: not at all. */
    readonly waitSeconds: number;
    readonly migrateOnStart: boolean;
    readonly dataDirectory: string;
  };
  readonly listen: {
    /** Absent: a SuperLink for simulations, which no SuperNode takes part in, or a single port. */
    readonly fleet?: Address;
    /** Absent, as `control`: served on the HTTP port. */
    readonly serverAppIo?: Address;
    readonly control?: Address;
    readonly http: Address;
    /** gRPC health service, without TLS; absent: not served on a port of its own. */
    readonly health?: Address;
    /** Metrics of this replica over plain HTTP; absent: not served. */
    readonly metrics?: Address;
  };
  /** True: gRPC is served on the HTTP port. */
  readonly singlePort: boolean;
  readonly tls: {
    /** Fleet and Control; absent: plain text was asked for. */
    readonly api?: TlsIdentity;
    readonly appIo?: TlsIdentity;
  };
  /** How long an empty poll is held, in seconds; 0 answers at once. */
  readonly holds: {
    readonly nodeSeconds: number;
    readonly serverAppSeconds: number;
    readonly taskSeconds: number;
  };
  /** How long an agent waits for its model, in seconds. */
  readonly models: {
    /** Until a SuperExec starts the model's task. */
    readonly launchSeconds: number;
    /** Until it has answered. */
    readonly responseSeconds: number;
  };
  /** In days; 0: for ever. */
  readonly retention: {
    /** Of logs, events and usage, after the end of their run. */
    readonly logDays: number;
    /** Of SuperNodes that registered themselves, after they were last seen. */
    readonly nodeDays: number;
  };
  /** True: only SuperNodes whose key was registered through the CLI may join. */
  readonly supernodeAuth: boolean;
  /** True: nodes that call by GrpcAdapter need not sign; such a node is known by its id alone. */
  readonly unsignedAdapterCalls: boolean;
  /** Shared secret that SuperExec signs with; absent: its calls are not signed. */
  readonly superexecSecret?: Buffer;
  /** True: runs are simulations. */
  readonly simulation: boolean;
  readonly isolation: 'process' | 'subprocess';
  readonly replicas: number;
  /** About so old a connection is asked to come again; 0: never. */
  readonly maxConnectionAgeSeconds: number;
  /** After this many seconds of draining, what still runs is cut. */
  readonly drainSeconds: number;
  /** So many of them new connections are still served, until balancers have noticed. */
  readonly drainNoticeSeconds: number;
  /** A replica whose event loop has not turned for this many seconds is ended; 0: never. */
  readonly watchdogSeconds: number;
  readonly log: LogConfig;
  /** True: a SuperExec that we start may install an app's dependencies. */
  readonly runtimeDependencyInstallation: boolean;
}

/** The configuration of a running replica, which always has a database to go to. */
export type ReplicaConfig = Config & { readonly database: { readonly url: string } };
