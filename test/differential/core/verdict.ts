import { readFileSync } from 'node:fs';

import type { Played } from './play';
import { classesOf } from './report';

/** Classes of differences that are meant, with the words of docs/protocol.md that say why. */
export interface Explanation {
  readonly because: string;
  readonly classes: readonly string[];
}

export interface Verdict {
  /** Classes that nobody has explained, each with an example. */
  readonly unexplained: readonly string[];
  /** Explained ones that have not been seen: they no longer belong here. */
  readonly unseen: readonly string[];
  /** Reasons that docs/protocol.md does not give. */
  readonly undocumented: readonly string[];
  /** How many differences each reason explains. */
  readonly summary: string;
}

/** Compares what was played with what is expected to differ. */
export function verdictOn(
  played: readonly Played[],
  explanations: readonly Explanation[],
): Verdict {
  const seen = new Map(classesOf(played).map((each) => [each.key, each]));
  const explained = new Set(explanations.flatMap(({ classes }) => classes));
  const documentation = inOneLine(readFileSync('docs/protocol.md', 'utf8'));
  const lines = explanations.map(({ because, classes }) => {
    const count = classes.reduce((sum, key) => sum + (seen.get(key)?.count ?? 0), 0);
    return `  ${count} in ${classes.length} classes: ${because}`;
  });
  return {
    unexplained: [...seen.values()]
      .filter(({ key }) => !explained.has(key))
      .map(({ key, count, example }) => `${key} (${count} times, e.g. ${example})`),
    unseen: [...explained].filter((key) => !seen.has(key)),
    undocumented: explanations
      .map(({ because }) => because)
      .filter((because) => !documentation.includes(inOneLine(because))),
    summary: `differences by reason:\n${lines.join('\n')}`,
  };
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
