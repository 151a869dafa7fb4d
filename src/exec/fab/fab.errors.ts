/** A FAB that can't be accepted; the message tells its author in one sentence what is wrong. */
export class InvalidFabError extends Error {
  override readonly name = 'InvalidFabError';
}

/** Overrides of a run that its app doesn't know; the message names the first such key. */
export class InvalidRunConfigError extends Error {
  override readonly name = 'InvalidRunConfigError';
}

const QUOTE_LIMIT_CHARACTERS = 80;

/** Text from a stranger as it may stand in a message: quoted, escaped, at most some 80 characters. */
export function quote(text: string): string {
  const isLong = text.length > QUOTE_LIMIT_CHARACTERS;
  return JSON.stringify(isLong ? `${text.slice(0, QUOTE_LIMIT_CHARACTERS)}…` : text);
}
