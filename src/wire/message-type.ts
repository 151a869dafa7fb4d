/** `train`, `evaluate` or `query`, alone or with an action of the app's own, e.g. `train.warm_up`. */
const MESSAGE_TYPE = /^(?:train|evaluate|query|system)(?:\.[\p{XID_Start}_][\p{XID_Continue}]*)?$/u;
/** Of apps written for older releases. */
const LEGACY_TYPES = new Set(['get_properties', 'get_parameters', 'reconnect']);

/** True if clients can make a message of this type: they break when they are given another one. */
export function isMessageType(type: string): boolean {
  return MESSAGE_TYPE.test(type) || LEGACY_TYPES.has(type);
}
