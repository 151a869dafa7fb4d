import { ConfigError } from '../config/config-error';
import { REFUSED_FLAGS } from '../config/refused-settings';
import { flagOf, setting, SETTING_KEYS } from '../config/settings';
import { readCommandLine } from './command-line';

const read = (...args: string[]) => readCommandLine(args, '1.2.3');

function refusal(...args: string[]): string {
  try {
    read(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new TypeError('it was taken');
}

function printed(...args: string[]): string {
  const request = read(...args);
  if (request.command !== 'print') throw new TypeError('it printed nothing');
  return request.text;
}

describe('the command line', () => {
  it('serves without a command, and with the command of that name', () => {
    const flags = { insecure: 'true', replicas: '3' };
    expect(read('--insecure', '--replicas', '3')).toEqual({ command: 'serve', flags });
    expect(read('serve', '--insecure', '--replicas=3')).toEqual({ command: 'serve', flags });
    expect(read()).toEqual({ command: 'serve', flags: {} });
  });

  it('migrates with the same flags', () => {
    const expected = { command: 'migrate', flags: { database: 'postgres://h/d' } };
    expect(read('migrate', '--database', 'postgres://h/d')).toEqual(expected);
    expect(read('--database', 'postgres://h/d', 'migrate')).toEqual(expected);
  });

  it('takes every setting by its flag', () => {
    for (const key of SETTING_KEYS) {
      const isSwitch = setting(key).kind.placeholder === undefined;
      const request = read(flagOf(key), ...(isSwitch ? [] : ['text']));
      const given = flagOf(key).startsWith('--no-') ? 'false' : 'true';
      expect(request).toEqual({ command: 'serve', flags: { [key]: isSwitch ? given : 'text' } });
    }
  });

  it("takes Flower's older name of the ServerAppIo address, but not both", () => {
    expect(read('--simulationio-api-address', 'h:1')).toMatchObject({
      flags: { serverappioApiAddress: 'h:1' },
    });
    const both = ['--simulationio-api-address', 'h:1', '--serverappio-api-address', 'h:2'];
    expect(refusal(...both)).toContain('are the same setting');
  });

  it('prints the version', () => {
    expect(printed('--version')).toBe('1.2.3\n');
    expect(printed('-V')).toBe('1.2.3\n');
  });

  it('shows every setting, its default and examples in its help', () => {
    const help = printed('--help');
    for (const key of SETTING_KEYS) expect(help).toContain(flagOf(key));
    for (const { flag } of REFUSED_FLAGS) expect(help).not.toMatch(new RegExp(`${flag}\\b(?!-)`));
    expect(help).toMatch(/--drain-seconds <seconds> .*\(default: 30\)/);
    expect(help).toMatch(/--database <postgres:\/\/...> .*\[FLWR_DATABASE\]/s);
    expect(help).toContain('superlink --insecure --isolation subprocess');
    expect(help).not.toContain('undefined');
    expect(printed('migrate', '--help')).toContain('--data-directory');
  });

  it.each(REFUSED_FLAGS)(
    'refuses $flag with a reason of its own',
    ({ flag, takesValue, reason }) => {
      expect(refusal('--insecure', flag, ...(takesValue ? ['secret'] : []))).toBe(
        `${flag} ${reason}`,
      );
    },
  );

  it.each([
    [['--poolsize', '3'], '--poolsize is not an option. Did you mean --pool-size?'],
    [['--nothing=hunter2'], '--nothing is not an option. `superlink --help` lists all.'],
    [['--port'], '--port needs a value.'],
    [['hunter2'], 'The only commands are serve and migrate; everything else is an option.'],
    [
      ['migrate', 'hunter2'],
      'The only commands are serve and migrate; everything else is an option.',
    ],
  ])('refuses %j without repeating values', (args, message) => {
    expect(refusal(...args)).toContain(message);
    expect(refusal(...args)).not.toContain('hunter2');
  });
});
