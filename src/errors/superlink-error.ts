import { ERROR_CATALOGUE, type ErrorName } from './error-catalogue';

/**
 * The one error that rules throw. `name` picks a row of the catalogue; `details` is shown to the client
 * and must hold neither secrets nor internals; `cause` goes to the log only.
 */
export class SuperLinkError extends Error {
  readonly errorName: ErrorName;
  readonly details: string | undefined;

  constructor(errorName: ErrorName, details?: string, options?: { cause?: unknown }) {
    super(ERROR_CATALOGUE[errorName].text, options);
    this.errorName = errorName;
    this.details = details;
  }
}
