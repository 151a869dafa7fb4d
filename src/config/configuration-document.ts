import { REFUSED_FLAGS } from './refused-settings';
import { GROUPS } from './setting';
import { PATH } from './setting-kinds';
import { environmentOf, flagOf, setting, SETTING_KEYS, type SettingKey } from './settings';

const HEAD = `<!-- Made by scripts/write-configuration-doc.mjs from src/config/settings.ts. Do not edit. -->

# Configuration

Every setting is a flag of \`superlink\` and an environment variable. A flag wins over its variable, a variable over the
default; an empty variable counts as not set. A switch's variable takes \`true\` or \`false\` (also 1/0, yes/no, on/off).
Addresses are written \`host:port\`, or \`[v6]:port\` for IPv6; port 0 takes any free one.

Unknown flags, unknown variables that begin with \`SUPERLINK_\` and settings that contradict each other end the start
with one line and exit code 2. Other failures of the start end it with one line and exit code 1. Variables that
Kubernetes makes for Services (\`SUPERLINK_SERVICE_HOST\`, \`SUPERLINK_PORT\`, ...) are not taken for settings.
`;

const REFUSED_HEAD = `## Flags of Flower's SuperLink that are refused

| flag | |
| --- | --- |
`;

/** The text of docs/configuration.md. */
export function configurationDocument(): string {
  const groups = GROUPS.map((group) => {
    const rows = SETTING_KEYS.filter((key) => setting(key).group === group).map(row);
    return `## ${group}\n\n| flag | variable | default | |\n| --- | --- | --- | --- |\n${rows.join('')}`;
  });
  const refused = REFUSED_FLAGS.map(({ flag, reason }) => `| \`${flag}\` | ${cell(reason)} |\n`);
  return [HEAD, ...groups, REFUSED_HEAD + refused.join('')].join('\n');
}

function row(key: SettingKey): string {
  const { kind, alias, doc, secret } = setting(key);
  const value = kind.placeholder === undefined ? '' : ` ${kind.placeholder}`;
  const meaning = [
    doc,
    secret === true ? 'Secret: may hold a password, and is never shown.' : '',
    kind.placeholder === undefined || kind === PATH ? '' : `Must be ${kind.expected}.`,
    flagOf(key).startsWith('--no-') ? 'The flag sets the variable to `false`.' : '',
    alias === undefined ? '' : `Flower's older name \`${alias}\` is taken, too.`,
  ];
  const cells = [
    `\`${flagOf(key)}${value}\``,
    `\`${environmentOf(key)}\``,
    defaultText(key),
    meaning.filter(Boolean).join(' '),
  ];
  return `| ${cells.map(cell).join(' | ')} |\n`;
}

function defaultText(key: SettingKey): string {
  const { default: standard, without } = setting(key);
  return standard === undefined ? (without ?? 'not set') : `\`${standard}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
