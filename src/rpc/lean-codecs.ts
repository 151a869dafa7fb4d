import { decodePushObject, encodePulledObject } from '../wire/object-codec';
import { StrictReader } from '../wire/strict-reader';
import type { RpcDefinition } from './rpc.decorator';

type Deserialize = RpcDefinition['requestDeserialize'];
type Serialize = RpcDefinition['responseSerialize'];

/** Messages that are too large for what generated code does with them, by the name of their method. */
const LEAN_REQUESTS: Readonly<Record<string, Deserialize>> = { PushObject: decodePushObject };
const LEAN_ANSWERS: Readonly<Record<string, Serialize>> = { PullObject: encodePulledObject };

/** How the bytes of a request become a message, on every transport. */
export function requestDeserializer(definition: RpcDefinition): Deserialize {
  return LEAN_REQUESTS[methodOf(definition)] ?? strict(definition.requestDeserialize);
}

/** How an answer becomes bytes, on every transport. */
export function answerSerializer(definition: RpcDefinition): Serialize {
  return LEAN_ANSWERS[methodOf(definition)] ?? definition.responseSerialize;
}

/** Generated code reads from a reader as well as from bytes, but its services' types do not say so. */
function strict(deserialize: Deserialize): Deserialize {
  return (bytes) => deserialize(new StrictReader(bytes) as unknown as Buffer);
}

function methodOf({ path }: RpcDefinition): string {
  return path.split('/')[2] ?? '';
}
