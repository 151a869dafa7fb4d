import type { Explanation } from '../core/verdict';

/** What SuperNodes see otherwise than from stock 1.33.0 over gRPC. */
export const FLEET_OVER_GRPC: readonly Explanation[] = [
  {
    because:
      'Text with NUL and limits of 2^63 and more are refused, 1003: PostgreSQL cannot store them.',
    classes: ['Fleet any RPC with a NUL: OK -> INVALID_ARGUMENT 1003'],
  },
  {
    because: 'A node that an account registered is taken off by that account only (2006).',
    classes: ['Fleet.UnregisterNode by a node of the command line: OK -> FAILED_PRECONDITION 2006'],
  },
  {
    because:
      "`PushObject` needs no valid session: any object that was registered for the caller's run and is missing is taken",
    classes: ['Fleet.PushObject in a session that nobody knows: stored=false -> stored=true'],
  },
  {
    because: 'same key that registered itself: same node id',
    classes: [
      'Fleet.RegisterNode by a node that is offline: FAILED_PRECONDITION 23 -> OK',
      'Fleet.RegisterNode by a node that is online: FAILED_PRECONDITION 23 -> OK',
      'Fleet.RegisterNode by a node that is registered: FAILED_PRECONDITION 23 -> OK',
    ],
  },
  {
    because: 'refused while online (2004) | success',
    classes: ['Fleet.ActivateNode by a node that is online: FAILED_PRECONDITION 2004 -> OK'],
  },
  {
    because: 'Register/ActivateNode: the key in the body must be the key that signed.',
    classes: [
      'Fleet.ActivateNode with a curve of Bitcoin: FAILED_PRECONDITION 2004 -> UNAUTHENTICATED',
      'Fleet.ActivateNode with a key with another after it: FAILED_PRECONDITION 2004 -> UNAUTHENTICATED',
      'Fleet.ActivateNode with an unknown P-256 key: FAILED_PRECONDITION 2004 -> UNAUTHENTICATED',
      'Fleet.ActivateNode with an unknown key: FAILED_PRECONDITION 2004 -> UNAUTHENTICATED',
      'Fleet.ActivateNode with public_key = empty: FAILED_PRECONDITION 2004 -> UNAUTHENTICATED',
      'Fleet.RegisterNode of a key that did not sign: OK -> UNAUTHENTICATED',
      'Fleet.RegisterNode of a key that is empty: OK -> UNAUTHENTICATED',
      'Fleet.RegisterNode of a key that is noise: OK -> UNAUTHENTICATED',
      'Fleet.RegisterNode with a curve of Bitcoin: FAILED_PRECONDITION 23 -> UNAUTHENTICATED',
      'Fleet.RegisterNode with a key with another after it: FAILED_PRECONDITION 23 -> UNAUTHENTICATED',
      'Fleet.RegisterNode with an unknown P-256 key: FAILED_PRECONDITION 23 -> UNAUTHENTICATED',
      'Fleet.RegisterNode with an unknown key: FAILED_PRECONDITION 23 -> UNAUTHENTICATED',
    ],
  },
  {
    because: 'handed out again until confirmed, not before 2 s',
    classes: [
      'Fleet.PullMessages again, after 2 s: messageObjectTrees=none messagesList=none -> messageObjectTrees=one messagesList=one',
    ],
  },
  {
    because: '`stored=true` while the object is there and belongs to the run',
    classes: ['Fleet.PushObject again: stored=false -> stored=true'],
  },
  {
    because: 'Messages are held back until all their objects are there',
    classes: [
      'Fleet.PullMessages of a message whose objects are not there yet: messageObjectTrees=one messagesList=one -> messageObjectTrees=none messagesList=none',
    ],
  },
  {
    because: 'A reply must come from the node that signed the call.',
    classes: [
      'Fleet.PushMessages of a reply of another node: objectsToPush=more sessionId=set -> objectsToPush=none sessionId=unset',
    ],
  },
  {
    because: 'Objects are given and taken only within their run.',
    classes: [
      'Fleet.PullObject for another run: objectAvailable=true objectContent=bytes objectFound=true -> objectAvailable=false objectContent= objectFound=false',
    ],
  },
  {
    because: 'keys, times and signatures that cannot be read: UNAUTHENTICATED',
    classes: ['Fleet any RPC where it breaks: UNKNOWN -> UNAUTHENTICATED'],
  },
  {
    because: 'undecodable request 1003',
    classes: [
      'Fleet any RPC where it breaks: INTERNAL -> INVALID_ARGUMENT 1003',
      'Fleet any RPC with bytes that are no message: INTERNAL -> INVALID_ARGUMENT 1003',
      'Fleet any RPC with text that is no UTF-8: INTERNAL -> INVALID_ARGUMENT 1003',
    ],
  },
  {
    because: 'unknown run in a Fleet call 2007',
    classes: [
      'Fleet.ConfirmMessageReceived where it breaks: INTERNAL -> PERMISSION_DENIED 2007',
      'Fleet.PullObject where it breaks: INTERNAL -> PERMISSION_DENIED 2007',
      'Fleet.PushMessages where it breaks: INTERNAL -> PERMISSION_DENIED 2007',
      'Fleet.PushObject where it breaks: INTERNAL -> PERMISSION_DENIED 2007',
    ],
  },
  {
    because: 'A dropped reply opens no push session: `session_id` stays empty.',
    classes: [
      'Fleet.PushMessages again, after it was taken: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply from another node: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply from no node: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply from the SuperLink: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply of a time before Flower: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply that does not live: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply that has expired: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply that lives longer than the question: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply to a SuperNode: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply to a message that nobody knows: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply to no message: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a reply to no node: sessionId=set -> sessionId=unset',
      'Fleet.PushMessages of a second reply: sessionId=set -> sessionId=unset',
    ],
  },
  {
    because: 'A malformed _reply_ is dropped and answered OK',
    classes: [
      'Fleet.PushMessages of a reply without a type: INTERNAL -> OK',
      'Fleet.PushMessages with messages_list.content.items.config_record.items.value.bytes_list = missing: INTERNAL -> OK',
      'Fleet.PushMessages with messages_list.content.items.metric_record.items.value.sint_list = wire type 5: INTERNAL -> OK',
      'Fleet.PushMessages with messages_list.error.code = 0: INTERNAL -> OK',
    ],
  },
  {
    because: 'What is malformed in itself is refused as such before anybody looks who sent it.',
    classes: [
      'Fleet.PushMessages with a curve of Bitcoin: UNAUTHENTICATED -> INVALID_ARGUMENT 3013',
      'Fleet.PushMessages with a key with another after it: UNAUTHENTICATED -> INVALID_ARGUMENT 3013',
      'Fleet.PushMessages with an unknown P-256 key: UNAUTHENTICATED -> INVALID_ARGUMENT 3013',
      'Fleet.PushMessages with an unknown key: UNAUTHENTICATED -> INVALID_ARGUMENT 3013',
    ],
  },
];
