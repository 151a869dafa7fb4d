import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { fromBinary } from '@bufbuild/protobuf';
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const ROOT = resolve(__dirname, '../..');
const WHEELS = join(ROOT, '.cache/wheels');
const DUMP = join(__dirname, 'dump-descriptors.py');
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

function run(program: string, args: string[]): Buffer {
  return execFileSync(program, args, { cwd: ROOT, maxBuffer: MAX_OUTPUT_BYTES });
}

/** The descriptors of our own `.proto` files. */
export function ourDescriptors(): FileDescriptorSet {
  const buf = join(ROOT, 'node_modules/.bin/buf');
  const set = run(buf, ['build', 'proto', '--as-file-descriptor-set', '-o', '-#format=binpb']);
  return fromBinary(FileDescriptorSetSchema, set);
}

/**
 * The descriptors inside a released flwr package.
 *
 * The wheel is fetched with pip into `.cache/wheels` unless it lies there already.
 */
export function releasedDescriptors(version: string): FileDescriptorSet {
  const wheel = join(WHEELS, `flwr-${version}-py3-none-any.whl`);
  if (!existsSync(wheel)) {
    download(version);
  }
  return fromBinary(FileDescriptorSetSchema, run('python3', [DUMP, wheel]));
}

function download(version: string): void {
  mkdirSync(WHEELS, { recursive: true });
  run('python3', [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
    // The wheel is read, not run: any Python will do.
    '--ignore-requires-python',
    `--dest=${WHEELS}`,
    `flwr==${version}`,
  ]);
}
