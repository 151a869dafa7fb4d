import type { TomlTable, TomlValue } from 'smol-toml';

import { InvalidFabError, quote } from './fab.errors';
import { checkFabFormat } from './fab-format';
import { type ConfigValue, flattenConfig } from './run-config';
import { isTable, parsePyproject, valueOf } from './toml-document';

/** The kind of component that a run of the app starts first. */
export type PrimaryComponent = 'agentapp' | 'serverapp';

/** What the `pyproject.toml` of an app says about it. */
export interface AppDescription {
  /** `publisher/name` */
  readonly fabId: string;
  readonly fabVersion: string;
  readonly primaryComponent: PrimaryComponent;
  readonly defaultConfig: ReadonlyMap<string, ConfigValue>;
  readonly presentation: AppPresentation;
}

/** How the app wants to be shown in lists. */
export interface AppPresentation {
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly color: string | undefined;
}

const NAME_LIMIT_CHARACTERS = 128;
/** Clients make a folder name of these parts: what could leave that folder must not get there. */
const UNSAFE_NAME = /^$|^[.\s]|[.\s]$|[\p{C}/\\:*?"<>|]/u;

/**
 * Reads and checks the `pyproject.toml` of a FAB.
 *
 * @param content the file, of bounded size
 * @param paths all paths of the FAB
 * @throws {InvalidFabError}
 */
export function readAppDescription(content: Buffer, paths: ReadonlySet<string>): AppDescription {
  const document = parsePyproject(content);
  const project = readTable(document, 'project', 'project');
  const tool = readTable(document, 'tool', 'tool');
  const flwr = readTable(tool, 'flwr', 'tool.flwr');
  const app = readTable(flwr, 'app', 'tool.flwr.app');
  const name = readName(project, 'name', 'project');
  const fabVersion = readName(project, 'version', 'project');
  const publisher = readName(app, 'publisher', 'tool.flwr.app');
  checkPatterns(app, 'fab-include');
  checkPatterns(app, 'fab-exclude');
  const primaryComponent = readComponents(readTable(app, 'components', 'tool.flwr.app.components'));
  checkFabFormat(project, app, paths);
  const config =
    valueOf(app, 'config') === undefined ? {} : readTable(app, 'config', 'tool.flwr.app.config');
  return {
    fabId: `${publisher}/${name}`,
    fabVersion,
    primaryComponent,
    defaultConfig: flattenConfig(config),
    presentation: {
      displayName: readText(app, 'display-name'),
      description: readText(project, 'description'),
      color: readText(app, 'color'),
    },
  };
}

function readTable(parent: TomlTable, key: string, title: string): TomlTable {
  const table = valueOf(parent, key);
  if (!isTable(table)) {
    throw new InvalidFabError(`pyproject.toml has no table [${title}].`);
  }
  return table;
}

function readName(table: TomlTable, key: string, title: string): string {
  const name = valueOf(table, key);
  if (typeof name !== 'string') {
    throw new InvalidFabError(`pyproject.toml has no text "${key}" in [${title}].`);
  }
  if (name.length > NAME_LIMIT_CHARACTERS || UNSAFE_NAME.test(name)) {
    throw new InvalidFabError(
      `"${key}" in [${title}] is ${quote(name)}, which can't be part of a folder's name.`,
    );
  }
  return name;
}

/** A text that may be left out; anything else in its place counts as none. */
function readText(table: TomlTable, key: string): string | undefined {
  const text = valueOf(table, key);
  return typeof text === 'string' && text !== '' ? text.replaceAll('\0', '') : undefined;
}

function checkPatterns(app: TomlTable, key: string): void {
  const patterns = valueOf(app, key);
  if (patterns === undefined) {
    return;
  }
  if (!Array.isArray(patterns) || patterns.length === 0 || !patterns.every(isFilled)) {
    throw new InvalidFabError(
      `"${key}" in [tool.flwr.app] has to be a list of at least one non-empty string.`,
    );
  }
}

function isFilled(value: TomlValue): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function readComponents(components: TomlTable): PrimaryComponent {
  const isAgent = Object.hasOwn(components, 'agentapp');
  const needed = isAgent ? ['agentapp'] : ['serverapp', 'clientapp'];
  for (const name of needed) {
    if (!Object.hasOwn(components, name)) {
      throw new InvalidFabError(`"${name}" is missing in [tool.flwr.app.components].`);
    }
  }
  for (const name of ['agentapp', 'serverapp', 'clientapp']) {
    if (Object.hasOwn(components, name) && !isReference(valueOf(components, name))) {
      throw new InvalidFabError(
        `"${name}" in [tool.flwr.app.components] has to be of the form "module:attribute".`,
      );
    }
  }
  return isAgent ? 'agentapp' : 'serverapp';
}

function isReference(value: TomlValue | undefined): boolean {
  return typeof value === 'string' && /^[^:]+:./su.test(value);
}
