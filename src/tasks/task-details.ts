const MOST_CHARACTERS = 64 * 1024;

/**
 * What a task says of its end, cut with an ellipsis after 64 Ki characters: whoever lists runs gets the details of all
 * of them.
 */
export function shortDetails(details: string): string {
  if (details.length <= MOST_CHARACTERS) return details;
  const start = details.slice(0, MOST_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, ''); // half a character
  return `${start}…`;
}
