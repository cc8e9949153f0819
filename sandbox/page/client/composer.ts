import { type App, channelOf, isAppConversation, titleOf, notify } from './app.ts';
import { type Place, placeKey, write, writtenAt } from './drafts.ts';
import { hintAt } from './guide.ts';
import { h, tag, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { showEnd } from './scrolling.ts';
import { wording } from './words.ts';

export function composer(app: App, place: Place): VNode {
  const { state } = app;
  const key = placeKey(app, place);
  const channel = channelOf(state, place.channelId);
  const text = writtenAt(app, place);
  const title = channel === undefined ? '' : titleOf(state, channel);
  const isNamed = channel !== undefined && !isAppConversation(state, channel) && channel.kind !== 'im';
  const label =
    place.threadTs === null ? wording.composer.to(`${isNamed ? '#' : ''}${title}`) : wording.composer.reply;
  return h(
    'div.composer-wrap',
    { key },
    hintAt(app, place),
    tag(
      'div.composer',
      h('textarea.composer-field', {
        dir: 'auto',
        rows: Math.min(Math.max(text.split('\n').length, 1), 8),
        'aria-label': label,
        placeholder: label,
        value: text,
        onInput: ({ currentTarget: { value } }) => write(app, place, value),
        onKeyDown: (event) => {
          if (event.isComposing || event.key !== 'Enter' || event.shiftKey) return;
          event.preventDefault();
          void send(app, place);
        },
      }),
      tag(
        'div.composer-tools',
        tag(
          'span.composer-hint',
          state.busy.has(`send/${key}`)
            ? [h('span.spinner', { 'aria-hidden': 'true' }), wording.composer.waiting]
            : wording.composer.keys,
        ),
        h(
          'button.send',
          {
            type: 'button',
            'aria-label': wording.composer.send,
            title: wording.composer.send,
            disabled: text.trim() === '',
            onClick: () => void send(app, place),
          },
          icon('send'),
        ),
      ),
    ),
  );
}

/** A message, or a command where it begins with a slash. */
async function send(app: App, place: Place): Promise<void> {
  const text = writtenAt(app, place);
  if (text.trim() === '') return;
  showEnd(place);
  const [, name, words = ''] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
  if (name !== undefined) return useCommand(app, place, { name, text: words.trim() });
  const { channelId, threadTs } = place;
  write(app, place, '');
  const answer = await app.act({ do: 'say', channelId, text, ...(threadTs !== null && { threadTs }) });
  if (!answer.ok) write(app, place, text);
}

/** Slack's client answers by itself what is no command, and any command in a thread. */
async function useCommand(
  app: App,
  place: Place,
  { name, text }: { name: string; text: string },
): Promise<void> {
  const tell = (words: string): void => notify(app, words, place);
  const isKnown = app.state.snapshot.commands.some((one) => one.name === name);
  if (!isKnown) return tell(wording.composer.noCommand(name));
  if (place.threadTs !== null) return tell(wording.composer.notInThreads(name));
  write(app, place, '');
  const { channelId } = place;
  const answer = await app.act({ do: 'command', channelId, name, text }, `send/${placeKey(app, place)}`);
  if (!answer.ok) tell(answer.problem);
  else if (answer.result.failure !== null) tell(wording.composer.failed(name, answer.result.failure));
  return undefined;
}
