import { createHash } from 'node:crypto';

import { ERROR_CATALOGUE } from '../errors/error-catalogue';
import type { CallHeaders } from '../rpc/rpc-call';
import { hashOfToken, newTaskToken, tokenHashOf } from './task-token';

function headersWith(...tokens: readonly string[]): CallHeaders {
  return { text: (name) => (name === 'flwr-task-token' ? tokens : []), binary: () => [] };
}

describe('a task token', () => {
  it('is new each time and has the form that task processes insist on', () => {
    const tokens = [newTaskToken(), newTaskToken()];
    expect(tokens[0]).not.toBe(tokens[1]);
    for (const token of tokens) expect(token).toMatch(/^[0-9a-f]{256}$/);
  });

  it('is known by its SHA-256 only', () => {
    const token = newTaskToken();
    const hash = createHash('sha256').update(token).digest();
    expect(hashOfToken(token)).toEqual(hash);
    expect(tokenHashOf(headersWith(token))).toEqual(hash);
  });

  it.each([
    ['missing', []],
    ['empty', ['']],
    ['too short', ['a'.repeat(255)]],
    ['too long', ['a'.repeat(257)]],
    ['in upper case', ['A'.repeat(256)]],
    ['followed by a new line', [`${'a'.repeat(256)}\n`]],
    ['sent twice', ['a'.repeat(256), 'a'.repeat(256)]],
  ])('is refused if it is %s', (_, tokens) => {
    const headers = headersWith(...tokens);
    expect(() => tokenHashOf(headers)).toThrow(ERROR_CATALOGUE.UNAUTHENTICATED.text);
  });
});
