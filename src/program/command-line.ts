import { Command, CommanderError, Option } from 'commander';

import { ConfigError } from '../config/config-error';
import { REFUSED_FLAGS } from '../config/refused-settings';
import type { FlagTexts } from '../config/resolve-settings';
import { GROUPS } from '../config/setting';
import { flagOf, setting, SETTING_KEYS, type SettingKey } from '../config/settings';
import { DESCRIPTION, MIGRATE_EPILOGUE, optionText, ROOT_EPILOGUE } from './help-text';

/** What the person asked for. */
export type Request =
  | { readonly command: 'serve' | 'migrate'; readonly flags: FlagTexts }
  | { readonly command: 'print'; readonly text: string };

/** Reads the arguments after the program's name. Throws ConfigError for what it does not understand. */
export function readCommandLine(args: readonly string[], version: string): Request {
  let printed = '';
  let request: Request | undefined;
  const root = newProgram(version, (text) => (printed += text));
  const options = addSettings(root);
  const choose = (command: 'serve' | 'migrate') => () => {
    refuse(root);
    request = { command, flags: flagsOf(root, options) };
  };
  root.action(choose('serve'));
  root
    .command('serve')
    .description('Serve the APIs; done without a command, too.')
    .action(choose('serve'));
  root
    .command('migrate')
    .description('Bring the schema of the database up to date, and end.')
    .addHelpText('after', MIGRATE_EPILOGUE)
    .action(choose('migrate'));
  try {
    root.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new ConfigError(lineFor(error));
  }
  return request ?? { command: 'print', text: printed };
}

function newProgram(version: string, print: (text: string) => void): Command {
  const program = new Command('superlink')
    .description(DESCRIPTION)
    .version(version, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .usage('[command] [options]')
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => undefined })
    .addHelpText('after', ROOT_EPILOGUE);
  return program;
}

function addSettings(program: Command): Map<SettingKey, Option[]> {
  const options = new Map<SettingKey, Option[]>();
  for (const group of GROUPS) {
    for (const key of SETTING_KEYS.filter((candidate) => setting(candidate).group === group)) {
      const own = new Option(flagWithValue(key, flagOf(key)), optionText(key)).helpGroup(
        `${group}:`,
      );
      const { alias } = setting(key);
      const aliases = alias === undefined ? [] : [new Option(flagWithValue(key, alias)).hideHelp()];
      options.set(key, [own, ...aliases]);
    }
  }
  for (const option of [...options.values()].flat()) program.addOption(option);
  for (const { flag, takesValue } of REFUSED_FLAGS) {
    program.addOption(new Option(takesValue ? `${flag} <value>` : flag).hideHelp());
  }
  return options;
}

function flagWithValue(key: SettingKey, flag: string): string {
  const { placeholder } = setting(key).kind;
  return placeholder === undefined ? flag : `${flag} <${placeholder}>`;
}

function refuse(program: Command): void {
  for (const { flag, takesValue, reason } of REFUSED_FLAGS) {
    const name = new Option(takesValue ? `${flag} <value>` : flag).attributeName();
    if (program.getOptionValueSource(name) === 'cli') throw new ConfigError(`${flag} ${reason}`);
  }
}

function flagsOf(program: Command, options: ReadonlyMap<SettingKey, readonly Option[]>): FlagTexts {
  const flags: Partial<Record<SettingKey, string>> = {};
  for (const [key, candidates] of options) {
    const given = candidates.filter(
      (option) => program.getOptionValueSource(option.attributeName()) === 'cli',
    );
    if (given.length > 1) {
      throw new ConfigError(
        `${given.map((option) => option.long).join(' and ')} are the same setting; set only one.`,
      );
    }
    for (const option of given) flags[key] = String(program.getOptionValue(option.attributeName()));
  }
  return flags;
}

/** One line without any value, which might be a secret typed at the wrong place. */
function lineFor(error: CommanderError): string {
  const flag = /'(-[^\s'=]*)/.exec(error.message)?.[1] ?? '';
  const meant = /Did you mean ([^?]+)\?/.exec(error.message)?.[1];
  const hint = meant === undefined ? '`superlink --help` lists all.' : `Did you mean ${meant}?`;
  if (error.code === 'commander.unknownOption') return `${flag} is not an option. ${hint}`;
  if (error.code === 'commander.optionMissingArgument') return `${flag} needs a value.`;
  return `The only commands are serve and migrate; everything else is an option. ${hint}`;
}
