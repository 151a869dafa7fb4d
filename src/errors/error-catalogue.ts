/** gRPC status codes, by the names of the gRPC specification. */
export type GrpcStatusName =
  | 'INVALID_ARGUMENT'
  | 'DEADLINE_EXCEEDED'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'UNAUTHENTICATED';

export interface CatalogueRow {
  /** The protocol's stable number; absent where upstream answers with a plain text. */
  readonly code?: number;
  readonly grpc: GrpcStatusName;
  /** Shown to the client. */
  readonly text: string;
}

const row = (code: number, grpc: GrpcStatusName, text: string): CatalogueRow => ({
  code,
  grpc,
  text,
});
const plain = (grpc: GrpcStatusName, text: string): CatalogueRow => ({ grpc, text });

/**
 * Every error that a client can see. Numbers and statuses are the protocol's (they never change meaning
 * between releases); the texts are ours, except the few that CLI 1.31 and 1.32 compare word by word.
 */
export const ERROR_CATALOGUE = {
  NO_FEDERATION_MANAGEMENT: row(
    1,
    'UNIMPLEMENTED',
    'This SuperLink has one fixed federation; federations cannot be managed.',
  ),
  FEDERATION_NOT_FOUND_OR_NO_PERMISSION: row(
    2,
    'NOT_FOUND',
    'No such federation, or no permission to use it.',
  ),
  FEDERATION_NOT_SPECIFIED: row(12, 'FAILED_PRECONDITION', 'A federation must be named.'),
  FAILED_TO_CREATE_RUN: row(14, 'INTERNAL', 'The run could not be created.'),
  INVALID_RUN_CONFIG: row(
    15,
    'FAILED_PRECONDITION',
    'The app or its run configuration is invalid.',
  ),
  RUN_NOT_FOUND: row(16, 'NOT_FOUND', 'Run ID not found'),
  RUN_SERIES_NOT_FOUND: row(17, 'NOT_FOUND', 'No such run series.'),
  RUN_ALREADY_FINISHED: row(18, 'FAILED_PRECONDITION', 'The run has already finished.'),
  NO_ACCOUNT_AUTH: row(
    19,
    'UNIMPLEMENTED',
    'ControlServicer initialized without account authentication',
  ),
  NO_ARTIFACT_PROVIDER: row(
    20,
    'UNIMPLEMENTED',
    'ControlServicer initialized without artifact provider',
  ),
  PUBLIC_KEY_NOT_VALID: row(22, 'FAILED_PRECONDITION', 'The provided public key is not valid'),
  PUBLIC_KEY_IN_USE: row(23, 'FAILED_PRECONDITION', 'Public key already in use'),
  NODE_NOT_FOUND: row(24, 'NOT_FOUND', 'Node ID not found for account'),
  FEDERATION_NOT_FOUND: row(25, 'FAILED_PRECONDITION', 'The federation does not exist.'),
  INVALID_FEDERATION_NAME: row(27, 'FAILED_PRECONDITION', 'The federation name is invalid.'),
  NODE_NOT_FOUND_OR_NOT_OWNER: row(
    28,
    'FAILED_PRECONDITION',
    'No such SuperNode, or it belongs to somebody else.',
  ),
  UNSUPPORTED_FAB_HUB_TRANSPORT: row(
    32,
    'FAILED_PRECONDITION',
    'Apps of the app hub cannot be started over this transport.',
  ),
  INVALID_APP_SPEC: row(33, 'FAILED_PRECONDITION', 'The app specification is invalid.'),
  FAB_DOWNLOAD_LINK_FAILURE: row(
    34,
    'FAILED_PRECONDITION',
    'The app hub gave no link for this app.',
  ),
  FAB_NOT_AVAILABLE: row(35, 'FAILED_PRECONDITION', 'The app bundle (FAB) is not available.'),
  ACCOUNT_AUTHENTICATION_FAILED: row(
    36,
    'UNAUTHENTICATED',
    'The account could not be authenticated.',
  ),
  INVALID_CONNECTOR_REQUEST: row(38, 'INVALID_ARGUMENT', 'The connector request is invalid.'),
  CONNECTOR_NOT_FOUND: row(39, 'NOT_FOUND', 'No such connector, or it is not connected.'),
  CONNECTOR_FAILURE: row(40, 'INTERNAL', 'The connector could not be reached.'),
  INVALID_AUTOMATION_REQUEST: row(42, 'INVALID_ARGUMENT', 'The automation request is invalid.'),
  INVALID_RUN_SERIES_DESCRIPTION: row(
    43,
    'INVALID_ARGUMENT',
    'A run series description has 1 to 80 characters.',
  ),
  USER_PROMPT_REQUIRED: row(44, 'INVALID_ARGUMENT', 'A run of an agent needs a prompt.'),
  INVALID_NODE_LOCATION: row(45, 'INVALID_ARGUMENT', 'The location of the SuperNode is invalid.'),
  RUNTIME_VERSION_INCOMPATIBLE: row(
    1001,
    'FAILED_PRECONDITION',
    'This release of Flower is too old for this SuperLink; 1.30 or newer is needed.',
  ),
  UNSUPPORTED_CONTENT_TYPE: row(
    1002,
    'INVALID_ARGUMENT',
    'The content type must be application/protobuf.',
  ),
  INVALID_PROTOBUF_PAYLOAD: row(1003, 'INVALID_ARGUMENT', 'The request could not be decoded.'),
  REGISTRATION_DISABLED: row(
    2001,
    'FAILED_PRECONDITION',
    'SuperNodes are registered through the CLI on this SuperLink.',
  ),
  UNREGISTRATION_DISABLED: row(
    2002,
    'FAILED_PRECONDITION',
    'SuperNodes are unregistered through the CLI on this SuperLink.',
  ),
  INVALID_HEARTBEAT_INTERVAL: row(
    2003,
    'INVALID_ARGUMENT',
    'The heartbeat interval must lie between 10 and 1800 seconds.',
  ),
  NODE_ACTIVATION_FAILED: row(2004, 'FAILED_PRECONDITION', 'The SuperNode cannot be activated.'),
  NODE_DEACTIVATION_FAILED: row(2005, 'FAILED_PRECONDITION', 'The SuperNode is not online.'),
  NODE_UNREGISTRATION_FAILED: row(
    2006,
    'FAILED_PRECONDITION',
    'The SuperNode cannot be unregistered here.',
  ),
  RUN_STATUS_NOT_ALLOWED: row(2007, 'PERMISSION_DENIED', 'The run is not running.'),
  GET_RUN_REFUSED: row(2008, 'PERMISSION_DENIED', 'The run is not available to this SuperNode.'),
  GET_FAB_REFUSED: row(2009, 'PERMISSION_DENIED', 'The FAB is not available to this SuperNode.'),
  CONNECTOR_CREDENTIALS_REFUSED: row(
    3001,
    'PERMISSION_DENIED',
    'Connector credentials are given to connector tasks only.',
  ),
  TASK_START_FAILED: row(3002, 'FAILED_PRECONDITION', 'The task cannot be started.'),
  AUTOMATION_CREATION_REFUSED: row(
    3003,
    'PERMISSION_DENIED',
    'This kind of task may not start automations.',
  ),
  UNEXPECTED_NODE_ID: row(3004, 'FAILED_PRECONDITION', 'The node id is not the SuperLink’s own.'),
  ENDPOINT_REFUSED: row(3005, 'PERMISSION_DENIED', 'This kind of task may not use this endpoint.'),
  TASK_CREATION_FAILED: row(3006, 'INTERNAL', 'The task could not be created.'),
  TASK_CREATION_REFUSED: row(3007, 'PERMISSION_DENIED', 'This kind of task may not create tasks.'),
  INVALID_TASK_REQUEST: row(3008, 'FAILED_PRECONDITION', 'The task request is invalid.'),
  INVALID_TASK_MESSAGE: row(3009, 'FAILED_PRECONDITION', 'The task message is invalid.'),
  CONNECTOR_NOT_AVAILABLE: row(
    3010,
    'PERMISSION_DENIED',
    'The connector is not bound to this run.',
  ),
  INVALID_MESSAGE_COUNT: row(3013, 'INVALID_ARGUMENT', 'The number of messages is invalid.'),
  MESSAGE_RUN_MISMATCH: row(3014, 'PERMISSION_DENIED', 'A message belongs to another run.'),
  INVALID_COMPACTED_CONTEXT: row(3015, 'INVALID_ARGUMENT', 'The compacted context is invalid.'),
  COMPACTED_CONTEXT_EXISTS: row(
    3016,
    'ALREADY_EXISTS',
    'The series has another compacted context up to this event.',
  ),
  INVALID_MESSAGE: plain('INVALID_ARGUMENT', 'A message is malformed.'),
  INVALID_OBJECT_TREE: plain('INVALID_ARGUMENT', 'An object tree is malformed.'),
  UNAUTHENTICATED: plain('UNAUTHENTICATED', 'The caller could not be authenticated.'),
  UNAVAILABLE: plain('UNAVAILABLE', 'The SuperLink is momentarily unavailable; try again.'),
  STREAM_MOVED: plain('DEADLINE_EXCEEDED', 'This replica is shutting down; resume the stream.'),
  NOT_SERVED: plain('UNIMPLEMENTED', 'This SuperLink does not serve this call.'),
  INTERNAL: plain('INTERNAL', 'An internal error occurred.'),
} as const satisfies Record<string, CatalogueRow>;

export type ErrorName = keyof typeof ERROR_CATALOGUE;
