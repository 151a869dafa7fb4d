import { hasTooManyValues, parseJson } from './json';

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** `[{},{},…]`, of so many characters or one more or two. */
const objects = (characters: number): string => `[${'{},'.repeat(characters / 3)}{}]`;

describe('the values of a JSON text', () => {
  it.each([
    ['empty objects', objects(MEBIBYTE)],
    ['empty lists', `[${'[],'.repeat(MEBIBYTE / 3)}[]]`],
    ['lists in lists', `${'['.repeat(MEBIBYTE)}${']'.repeat(MEBIBYTE)}`],
    ['numbers', `[${'0,'.repeat(MEBIBYTE / 2)}0]`],
    ['fields', `{${'"":0,'.repeat(MEBIBYTE / 5)}"":0}`],
    ['empty texts', `[${'"",'.repeat(MEBIBYTE / 3)}""]`],
    ['objects behind a text that ends in a backslash', `["\\\\",${objects(MEBIBYTE)}]`],
    ['objects behind a text with quotes', `["say \\"{\\"",${objects(MEBIBYTE)}]`],
  ])('are too many: 1 MiB of %s', (_, text) => {
    expect(hasTooManyValues(text)).toBe(true);
    expect(parseJson(text)).toBeUndefined();
  });

  it.each([
    ['an image of 5 MiB', JSON.stringify({ image: 'iVBO'.repeat((5 * MEBIBYTE) / 4) })],
    ['a long prompt about JSON', JSON.stringify({ input: '{"a":[{},{}]}, '.repeat(100_000) })],
    ['a long prompt of backslashes', JSON.stringify({ input: '\\'.repeat(MEBIBYTE) })],
    ['as many messages as anybody sends', JSON.stringify(conversation(20_000))],
    ['a text that is short, whatever it holds', objects(64 * KIBIBYTE - 8)],
  ])('are few enough in %s', (_, text) => {
    expect(hasTooManyValues(text)).toBe(false);
    expect(JSON.stringify(parseJson(text))).toBe(text);
  });

  it('are few enough in a text that never ends', () => {
    const endless = `"${'{'.repeat(MEBIBYTE)}\\"`;
    expect(hasTooManyValues(endless)).toBe(false);
    expect(parseJson(endless)).toBeUndefined();
  });

  it('are none in what is no JSON', () => {
    expect(parseJson('{')).toBeUndefined();
  });
});

function conversation(messages: number): object {
  return Array.from({ length: messages }, () => ({ role: 'user', content: 'Why is that so?' }));
}
