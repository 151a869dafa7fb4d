import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One step of a Dockerfile, e.g. `RUN npm install`. */
interface Step {
  readonly instruction: string;
  readonly rest: string;
}

interface Stage {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** How an image is run. */
export interface Image {
  /** Where its files are. */
  readonly root: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
}

/** The stages of a Dockerfile, in its order. Comments and continued lines are understood, heredocs are not. */
function readStages(path: string): Stage[] {
  const text = readFileSync(path, 'utf8')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ');
  const stages: { name: string; steps: Step[] }[] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const [, instruction = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line.trim())!;
    if (instruction === 'FROM') {
      stages.push({ name: / AS (\w+)$/i.exec(rest)?.[1] ?? String(stages.length), steps: [] });
    } else {
      stages.at(-1)!.steps.push({ instruction, rest });
    }
  }
  return stages;
}

/**
 * Carries out the steps of a Dockerfile without a container engine: each stage in a folder of its own, on the programs
 * of this machine in place of those of the base image. Files come from the context only; resolves with the last stage.
 */
export async function buildImage(path: string, context: string, folder: string): Promise<Image> {
  const roots = new Map<string, string>();
  let image: Image | undefined;
  for (const stage of readStages(path)) {
    const root = join(folder, `stage-${stage.name}`);
    mkdirSync(root, { recursive: true });
    roots.set(stage.name, root);
    const builder = new StageBuilder(root, context, roots);
    for (const step of stage.steps) await builder.take(step);
    image = builder.image;
  }
  return image!;
}

/** Packages of the base image's system are this machine's: they are looked for, not installed. */
async function requirePackages(names: readonly string[]): Promise<void> {
  await run('dpkg', ['--status', ...names]).catch(() => {
    throw new Error(`the image needs Debian's ${names.join(', ')}: apt-get install them`);
  });
}

class StageBuilder {
  private workdir = '/';
  private user = 'root';
  private entrypoint: readonly string[] = [];
  private healthcheck: readonly string[] = [];
  private readonly environment: Record<string, string> = {};

  constructor(
    private readonly root: string,
    private readonly context: string,
    private readonly roots: ReadonlyMap<string, string>,
  ) {}

  get image(): Image {
    const { root, workdir, environment, user, entrypoint, healthcheck } = this;
    return { root, directory: join(root, workdir), environment, user, entrypoint, healthcheck };
  }

  /** Throws at what this builder does not know, so that no step is left out unseen. */
  async take({ instruction, rest }: Step): Promise<void> {
    const takers: Readonly<Record<string, (rest: string) => Promise<void> | void>> = {
      WORKDIR: (path) => this.enter(path),
      ENV: (pairs) => this.set(pairs),
      COPY: (words) => this.copy(words),
      RUN: (command) => this.run(command),
      USER: (user) => void (this.user = user),
      ENTRYPOINT: (list) => void (this.entrypoint = JSON.parse(list) as string[]),
      HEALTHCHECK: (text) =>
        void (this.healthcheck = JSON.parse(text.replace(/^.* CMD /, '')) as string[]),
      EXPOSE: () => undefined,
      STOPSIGNAL: () => undefined,
    };
    const take = takers[instruction];
    if (take === undefined) throw new TypeError(`the test does not know ${instruction}`);
    await take(rest);
  }

  private enter(path: string): void {
    this.workdir = path;
    mkdirSync(join(this.root, path), { recursive: true });
  }

  private set(pairs: string): void {
    for (const pair of pairs.split(' ')) {
      const [name = '', value = ''] = pair.split('=');
      this.environment[name] = value;
    }
  }

  private copy(words: string): void {
    const all = words.split(' ');
    const from = all[0]!.startsWith('--from=') ? all.shift()!.slice('--from='.length) : undefined;
    const source = from === undefined ? this.context : this.roots.get(from)!;
    const target = all.pop()!;
    for (const name of all) {
      const into = target.endsWith('/') ? join(target, basename(name)) : target;
      const options = { recursive: true, verbatimSymlinks: true };
      cpSync(join(source, name), this.within(into), options);
    }
  }

  private async run(command: string): Promise<void> {
    const packages = /^apt-get update && apt-get install (.*?) && rm /
      .exec(command)?.[1]
      ?.split(' ');
    if (packages !== undefined) {
      await requirePackages(packages.filter((word) => !word.startsWith('-')));
      return;
    }
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.environment };
    const cwd = join(this.root, this.workdir);
    await run('sh', ['-c', command], { cwd, env, maxBuffer: 1 << 26 });
  }

  private within(path: string): string {
    return join(this.root, isAbsolute(path) ? path : join(this.workdir, path));
  }
}
