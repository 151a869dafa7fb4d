import type { Explanation } from '../core/verdict';

/** What SuperNodes see otherwise than from stock 1.42.0 over HTTP. */
export const FLEET_OVER_HTTP: readonly Explanation[] = [
  {
    because:
      'Text with NUL and limits of 2^63 and more are refused, 1003: PostgreSQL cannot store them.',
    classes: ['Fleet any RPC with a NUL: OK -> 400 1003'],
  },
  {
    because: 'A node that an account registered is taken off by that account only (2006).',
    classes: ['Fleet.UnregisterNode by a node of the command line: OK -> 412 2006'],
  },
  {
    because:
      "`PushObject` needs no valid session: any object that was registered for the caller's run and is missing is taken",
    classes: ['Fleet.PushObject in a session that nobody knows: stored=false -> stored=true'],
  },
  {
    because:
      "What is in the place of a message's content is carried, not looked at: it lies in objects.",
    classes: [
      'Fleet.PushMessages with messages_list.content.items.config_record.items.value.bytes_list = missing: 500 -> OK',
      'Fleet.PushMessages with messages_list.content.items.metric_record.items.value.sint_list = wire type 5: 500 -> OK',
    ],
  },
  {
    because: 'same key that registered itself: same node id',
    classes: [
      'Fleet.RegisterNode by a node that is offline: 412 23 -> OK',
      'Fleet.RegisterNode by a node that is online: 412 23 -> OK',
      'Fleet.RegisterNode by a node that is registered: 412 23 -> OK',
    ],
  },
  {
    because: 'refused while online (2004) | success',
    classes: ['Fleet.ActivateNode by a node that is online: 412 2004 -> OK'],
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
    because: 'unknown run in a Fleet call 2007',
    classes: [
      'Fleet.ConfirmMessageReceived where it breaks: 500 -> 403 2007',
      'Fleet.PullObject where it breaks: 500 -> 403 2007',
      'Fleet.PushMessages where it breaks: 500 -> 403 2007',
      'Fleet.PushObject where it breaks: 500 -> 403 2007',
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
      'Fleet.PushMessages of a reply without a type: 500 -> OK',
      'Fleet.PushMessages with messages_list.error.code = 0: 500 -> OK',
    ],
  },
  {
    because: 'What is malformed in itself is refused as such before anybody looks who sent it.',
    classes: [
      'Fleet.PushMessages with a curve of Bitcoin: 401 -> 400 3013',
      'Fleet.PushMessages with a key with another after it: 401 -> 400 3013',
      'Fleet.PushMessages with an unknown P-256 key: 401 -> 400 3013',
      'Fleet.PushMessages with an unknown key: 401 -> 400 3013',
    ],
  },
];
