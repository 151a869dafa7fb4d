import { hasTooManyValues, isObject, isObjects, type JsonObject, parseJson } from '../../wire/json';
import { ResponsesError } from './responses-error';

type Kind = (value: unknown) => boolean;

const isString: Kind = (value) => typeof value === 'string';

/** What a request may hold, in the form of OpenAI's Responses API; stock model processes know nothing else. */
const FIELDS: Readonly<Record<string, { readonly holds: Kind; readonly what: string }>> = {
  model: { holds: (value) => isString(value) && value !== '', what: 'a text that is not empty' },
  input: {
    holds: (value) => isString(value) || isObjects(value),
    what: 'a text or a list of objects',
  },
  stream: { holds: (value) => typeof value === 'boolean', what: 'true or false' },
  tools: { holds: isObjects, what: 'a list of objects' },
  tool_choice: { holds: () => true, what: 'anything' },
  reasoning: { holds: isObject, what: 'an object' },
  previous_response_id: { holds: isString, what: 'a text' },
  instructions: { holds: isString, what: 'a text' },
  max_output_tokens: { holds: Number.isInteger, what: 'a whole number' },
  metadata: { holds: isObject, what: 'an object' },
  text: { holds: isObject, what: 'an object' },
};
const NEEDED = ['model', 'input'];

export interface CheckedRequest {
  readonly model: string;
  readonly isStream: boolean;
  /** What the model's task gets: no nulls, and `stream` in any case. */
  readonly json: string;
}

/** Reads the body of a request; throws ResponsesError for one that no model could answer. */
export function modelRequestOf(body: Buffer): CheckedRequest {
  const given = objectOf(body);
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(FIELDS, name));
  if (unknown.length > 0) {
    throw new ResponsesError(
      'unsupported_parameter',
      `These fields are not supported: ${unknown.toSorted().join(', ')}.`,
    );
  }
  const present = Object.entries(given).filter(([, value]) => value !== null);
  const request: JsonObject = { stream: false, ...Object.fromEntries(present) };
  for (const name of new Set([...NEEDED, ...Object.keys(request)])) checkField(request, name);
  return {
    model: String(request['model']),
    isStream: request['stream'] === true,
    json: jsonOf(request),
  };
}

function checkField(request: JsonObject, name: string): void {
  const field = FIELDS[name];
  if (field === undefined || field.holds(request[name])) return;
  throw new ResponsesError('invalid_request', `The field ${name} must be ${field.what}.`);
}

function objectOf(body: Buffer): JsonObject {
  const text = textOf(body);
  const value = parseJson(text);
  if (isObject(value)) return value;
  if (value !== undefined) {
    throw new ResponsesError('invalid_request', 'The body must be a JSON object.');
  }
  return refuseJson(
    hasTooManyValues(text) ? 'The body has too many values.' : 'The body is no JSON.',
  );
}

/** Lists and objects may be parsed that lie too deep in each other to be written again. */
function jsonOf(request: JsonObject): string {
  try {
    return JSON.stringify(request);
  } catch {
    return refuseJson('The body has lists or objects too deep in each other.');
  }
}

function textOf(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return refuseJson('The body is no text in UTF-8.');
  }
}

function refuseJson(why: string): never {
  throw new ResponsesError('invalid_json', why);
}
