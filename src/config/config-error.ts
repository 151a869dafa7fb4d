/** A setting that cannot be used. The message is one line for a person and never holds a secret value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
