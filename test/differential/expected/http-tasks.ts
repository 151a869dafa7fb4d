import type { Explanation } from '../core/verdict';

/** What tasks and SuperExecs see otherwise than from stock 1.42.0 over HTTP. */
export const TASKS_OVER_HTTP: readonly Explanation[] = [
  {
    because:
      'Text with NUL and limits of 2^63 and more are refused, 1003: PostgreSQL cannot store them.',
    classes: [
      'Runtime any RPC where it breaks: 500 -> 400 1003',
      'Runtime any RPC with a NUL: OK -> 400 1003',
    ],
  },
  {
    because:
      "`PushObject` needs no valid session: any object that was registered for the caller's run and is missing is taken",
    classes: [
      'Runtime any RPC with a NUL: stored=false -> stored=true',
      'Runtime.PushObject in a session that nobody knows: stored=false -> stored=true',
      'Runtime.PushObject with run_id = 9223372036854775808: stored=false -> stored=true',
    ],
  },
  {
    because: 'agents and simulations may call them as well. From 1.38 on upstream lets any task',
    classes: [
      'Runtime.ConfirmMessageReceived by a model: OK -> 403 3005',
      'Runtime.GetNodes by a ClientApp: OK -> 403 3005',
      'Runtime.GetNodes by a model: OK -> 403 3005',
      'Runtime.PullMessages by a model: OK -> 403 3005',
      'Runtime.PullObject by a model: OK -> 403 3005',
    ],
  },
  {
    because: 'The content of a prompt lies in its objects only.',
    classes: [
      'Runtime.PullMessages of an agent with its prompt: messagesList[].content.items=one -> messagesList[].content.items=none',
    ],
  },
  {
    because: 'refused (3016) | the same content: OK; other content 3016',
    classes: ['Runtime.PutCompactedContext again: 409 3016 -> OK'],
  },
  {
    because: 'A report of usage without usage is refused (3008).',
    classes: [
      'Runtime.RecordTaskUsage with task_usage = missing: OK -> 412 3008',
      'Runtime.RecordTaskUsage with task_usage = wire type 0: OK -> 412 3008',
      'Runtime.RecordTaskUsage with task_usage = wire type 5: OK -> 412 3008',
    ],
  },
  {
    because:
      "What is in the place of a message's content is carried, not looked at: it lies in objects.",
    classes: [
      'Runtime.PushMessages with messages_list.content.items.config_record.items.value.sint64 = wire type 5: 500 -> OK',
      'Runtime.PushTaskOutput with context.state.items.config_record = wire type 5: 500 -> OK',
    ],
  },
  {
    because: '`stored=true` while the object is there and belongs to the run',
    classes: ['Runtime.PushObject again: stored=false -> stored=true'],
  },
  {
    because: 'same token, task running: the same input',
    classes: [
      'Runtime.PullTaskInput again: 412 3002 -> OK',
      'Runtime.PullTaskInput by a model, again: 412 3002 -> OK',
      'Runtime.PullTaskInput while the run is running: 412 3002 -> OK',
    ],
  },
  {
    because:
      "The run in `PullTaskInput`'s answer is running already; upstream shows it as it was before.",
    classes: [
      'Runtime.PullTaskInput as usual: run.runningAt=unset run.status.status=starting -> run.runningAt=set run.status.status=running',
      'Runtime.PullTaskInput of an agent: run.runningAt=unset run.status.status=starting -> run.runningAt=set run.status.status=running',
      'Runtime.PullTaskInput while the run is claimed: run.runningAt=unset run.status.status=starting -> run.runningAt=set run.status.status=running',
    ],
  },
  {
    because: 'given again from 2 s on until confirmed; then error 3',
    classes: [
      'Runtime.PullMessages again, after 2 s: one answer -> another (messageObjectTrees[].children messageObjectTrees[].objectId messagesList[].content messagesList[].error messagesList[].metadata.groupId messagesList[].metadata.messageId messagesList[].metadata.messag)',
    ],
  },
  {
    because: 'OK if it says the same as the one that ended the task',
    classes: [
      'Runtime.PushTaskOutput again: 401 1008 -> OK',
      'Runtime.PushTaskOutput while the run is finished: 401 1008 -> OK',
      'Runtime.PushTaskOutput with context.state.items.array_record = wire type 5: 401 1008 -> OK',
      'Runtime.PushTaskOutput with context.state.items.array_record.items = missing: 401 1008 -> OK',
      'Runtime.PushTaskOutput with context.state.items.array_record.items.value.shape = wire type 2: 401 1008 -> OK',
      'Runtime.PushTaskOutput with context.state.items.config_record.items.value.sint_list.vals = wire type 2: 401 1008 -> OK',
      'Runtime.PushTaskOutput with context.state.items.config_record.items.value.string = wire type 0: 401 1008 -> OK',
    ],
  },
  {
    because: 'the last lines of a task that ended by itself are taken for 10 s',
    classes: [
      'Runtime.PushLogs after the end: 401 1008 -> OK',
      'Runtime.PushLogs with the token of a task that has ended: 401 1008 -> OK',
    ],
  },
  {
    because: 'refused (3009) | same id: OK',
    classes: ['Runtime.PushTaskMessage again: 412 3009 -> OK'],
  },
  {
    because: 'A stored reply is returned even if its node has gone offline since',
    classes: [
      'Runtime.PullMessages of a reply of a node that is unregistered: one answer -> another (messageObjectTrees[].children messageObjectTrees[].objectId messagesList[].content messagesList[].error messagesList[].metadata.messageId messagesList[].metadata.srcNodeId)',
    ],
  },
  {
    because: 'Messages are held back until all their objects are there',
    classes: [
      'Runtime.PullMessages of a reply whose objects are not there yet: messageObjectTrees=one messagesList=one -> messageObjectTrees=none messagesList=none',
    ],
  },
  {
    because: 'Objects are given and taken only within their run.',
    classes: [
      'Runtime.PullObject of another run: objectAvailable=true objectContent=bytes objectFound=true -> objectAvailable=false objectContent= objectFound=false',
    ],
  },
  {
    because: "A message's id must be the root of its object tree.",
    classes: ['Runtime.PushMessages of a message with the tree of another: OK -> 400'],
  },
  {
    because: 'What is malformed in itself is refused as such before anybody looks who sent it.',
    classes: [
      'Runtime.PushMessages with a token of nobody: 401 1008 -> 400 3013',
      'Runtime.PushMessages with a token that nobody has: 401 1008 -> 400 3013',
      'Runtime.PushMessages with the token of a task that has ended: 401 1008 -> 400 3013',
      'Runtime.PushTaskOutput with a token of nobody: 401 1008 -> 412 3008',
      'Runtime.PushTaskOutput with a token that nobody has: 401 1008 -> 412 3008',
      'Runtime.PushTaskOutput with the token of a task that has ended: 401 1008 -> 412 3008',
      'Runtime.RecordTaskUsage with a token of nobody: 401 1008 -> 412 3008',
      'Runtime.RecordTaskUsage with a token that nobody has: 401 1008 -> 412 3008',
      'Runtime.RecordTaskUsage with the token of a task that has ended: 401 1008 -> 412 3008',
    ],
  },
  {
    because: 'An app creates no tasks of type `flwr-simulation` (3008).',
    classes: ['Runtime.CreateTask of a simulation: OK -> 412 3008'],
  },
  {
    because: 'token counts of 2^63 and more are taken',
    classes: [
      'Runtime.RecordTaskUsage with task_usage.total_tokens = 9223372036854775808: 500 -> OK',
    ],
  },
  {
    because: 'the same message twice in one call is stored once',
    classes: ['Runtime.PushMessages of the same message twice: 500 -> OK'],
  },
  {
    because:
      'malformed message or tree INVALID_ARGUMENT, and nothing of the call is stored; empty or unequal lists 3013',
    classes: [
      'Runtime.PushMessages of a message of no time at all: OK -> 400',
      'Runtime.PushMessages where it breaks: 500 -> 400',
      'Runtime.PushMessages where it breaks: 500 -> 400 3013',
    ],
  },
  {
    because: 'message of another run 3014',
    classes: ['Runtime.PushMessages where it breaks: 500 -> 403 3014'],
  },
  {
    because: 'malformed task message 3009',
    classes: ['Runtime.PushTaskMessage where it breaks: 500 -> 412 3009'],
  },
  {
    because: 'Upstream refuses them from task processes, and any other minor release than its own.',
    classes: [
      'Runtime.SendTaskHeartbeat of a later release: 412 1001 -> OK',
      'Runtime.SendTaskHeartbeat of a release and nothing else: 412 1001 -> OK',
      'Runtime.SendTaskHeartbeat of a release that is none: 412 1001 -> OK',
      'Runtime.SendTaskHeartbeat of a release to come: 412 1001 -> OK',
      'Runtime.SendTaskHeartbeat of an empty release: 412 1001 -> OK',
      'Runtime.SendTaskHeartbeat of an older release: 412 1001 -> OK',
      'Runtime.SendTaskHeartbeat of another package: 412 1001 -> OK',
    ],
  },
];
