import type { TomlTable, TomlValue } from 'smol-toml';

import { InvalidFabError, quote } from './fab.errors';
import { parseRequirement, type PythonRequirement, satisfies } from './python-requirement';
import { compareVersions, parsePythonVersion } from './python-version';
import { isTable, valueOf } from './toml-document';

const LICENSE_FILES: readonly string[] = ['LICENSE', 'LICENSE.md'];

/**
 * Checks the rules of the FAB format that the app declares (`fab-format-version`, 0 if missing).
 * Source: what Flower 1.31 to 1.42 check in the CLI and in StartRun.
 *
 * @param project the table `project`
 * @param app the table `tool.flwr.app`
 * @param paths all paths of the FAB
 * @throws {InvalidFabError}
 */
export function checkFabFormat(
  project: TomlTable,
  app: TomlTable,
  paths: ReadonlySet<string>,
): void {
  const flwr = readFlwrRequirement(valueOf(project, 'dependencies'));
  const version = valueOf(app, 'fab-format-version') ?? 0n;
  if (version === 1n) {
    checkLicense(valueOf(project, 'license'), paths);
    checkTarget(valueOf(app, 'flwr-version-target'), flwr);
  } else if (version !== 0n) {
    throw new InvalidFabError('fab-format-version in [tool.flwr.app] has to be 0 or 1.');
  }
}

function readFlwrRequirement(dependencies: TomlValue | undefined): PythonRequirement | undefined {
  if (dependencies === undefined) {
    return undefined;
  }
  if (!Array.isArray(dependencies)) {
    throw new InvalidFabError('"dependencies" in [project] has to be a list of strings.');
  }
  const found = dependencies.map(readRequirement).filter(({ name }) => name === 'flwr');
  if (found.length > 1) {
    throw new InvalidFabError('"dependencies" in [project] names flwr more than once.');
  }
  return found[0];
}

function readRequirement(dependency: TomlValue): PythonRequirement {
  const requirement = typeof dependency === 'string' ? parseRequirement(dependency) : undefined;
  if (requirement === undefined) {
    const shown = typeof dependency === 'string' ? quote(dependency) : 'something else';
    throw new InvalidFabError(`"dependencies" in [project] has ${shown}, not a requirement.`);
  }
  return requirement;
}

function checkLicense(license: TomlValue | undefined, paths: ReadonlySet<string>): void {
  const file = isTable(license) && !Object.hasOwn(license, 'text') ? license['file'] : undefined;
  if (typeof file !== 'string' || !LICENSE_FILES.includes(file)) {
    throw new InvalidFabError(
      'fab-format-version 1 needs license = { file = "LICENSE" } or "LICENSE.md" in [project].',
    );
  }
  if (!paths.has(file)) {
    throw new InvalidFabError(`The FAB lacks its license file ${file}.`);
  }
}

function checkTarget(target: TomlValue | undefined, flwr: PythonRequirement | undefined): void {
  const version = typeof target === 'string' ? parsePythonVersion(target) : undefined;
  if (version === undefined) {
    throw new InvalidFabError(
      'fab-format-version 1 needs a version as flwr-version-target in [tool.flwr.app].',
    );
  }
  const lowest = flwr?.conditions.filter(({ operator }) => operator === '>=') ?? [];
  if (flwr === undefined || lowest.length === 0) {
    throw new InvalidFabError(
      'fab-format-version 1 needs a dependency on flwr with ">=" in [project].',
    );
  }
  const isTooOld = lowest.some((bound) => compareVersions(version, bound.version) < 0);
  if (isTooOld || !satisfies(version, flwr.conditions)) {
    throw new InvalidFabError(
      'flwr-version-target in [tool.flwr.app] does not meet the dependency on flwr.',
    );
  }
}
