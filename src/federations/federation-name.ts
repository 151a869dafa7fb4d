const LIMIT_CHARACTERS = 32;

/** What is wrong with the name of a new federation, in one sentence; undefined if nothing is. */
export function federationNameFault(name: string): string | undefined {
  if (Array.from(name).length > LIMIT_CHARACTERS) {
    return `A federation's name has at most ${LIMIT_CHARACTERS} characters.`;
  }
  if (!/^\p{L}/u.test(name)) return "A federation's name begins with a letter.";
  if (!/^[\p{L}\p{N}-]*$/u.test(name)) {
    return "A federation's name has only letters, digits and hyphens.";
  }
  return undefined;
}
