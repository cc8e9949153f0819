import { type App, channelOf, isAppConversation, titleOf, notify, type AppState } from './app.ts';
import { type Place, placeKey, write, writtenAt } from './drafts.ts';
import { fileList, uploadAll } from './files.ts';
import { hintAt } from './guide.ts';
import { h, type Child, type VNode } from './h.ts';
import { icon } from './icons.ts';
import { showEnd } from './scrolling.ts';
import { wording } from './words.ts';

export function composer(app: App, place: Place): VNode {
  const { state } = app;
  const key = placeKey(app, place);
  const channel = channelOf(state, place.channelId);
  if (channel?.isArchived === true) return h('p.composer-closed', { key }, wording.composer.archived);
  const { text, fileIds } = writtenAt(app, place);
  const isSending = state.busy.has(`send/${key}`);
  const suggestions = state.suggesting?.field === key ? suggestionsFor(state, text) : [];
  const title = channel === undefined ? '' : titleOf(state, channel);
  const isNamed = channel !== undefined && !isAppConversation(state, channel) && channel.kind !== 'im';
  const label =
    place.threadTs === null ? wording.composer.to(`${isNamed ? '#' : ''}${title}`) : wording.composer.reply;
  return h(
    'div.composer-wrap',
    { key },
    hintAt(app, place),
    suggestions.length === 0 ? null : completionList(app, place, suggestions),
    h(
      'div.composer',
      {},
      field({ app, place, label, text, suggestions }),
      fileList(app, {
        label: wording.composer.files,
        fileIds,
        keep: (left) => write(app, place, { fileIds: left }),
      }),
      h(
        'div.composer-tools',
        {},
        attach(app, place),
        h('span.composer-hint', {}, isSending ? waiting() : wording.composer.keys),
        sendButton(app, place),
      ),
    ),
  );
}

function sendButton(app: App, place: Place): VNode {
  const { text, fileIds } = writtenAt(app, place);
  return h(
    'button.send',
    {
      type: 'button',
      'aria-label': wording.composer.send,
      title: wording.composer.send,
      disabled: text.trim() === '' && fileIds.length === 0,
      onClick: () => void send(app, place),
    },
    icon('send'),
  );
}

function waiting(): Child {
  return [h('span.spinner', { 'aria-hidden': 'true' }), wording.composer.waiting];
}

type Field = { app: App; place: Place; label: string; text: string; suggestions: readonly Suggestion[] };

function field({ app, place, label, text, suggestions }: Field): VNode {
  const key = placeKey(app, place);
  const isOpen = suggestions.length > 0;
  const active = app.state.suggesting?.active ?? 0;
  return h('textarea.composer-field', {
    dir: 'auto',
    role: 'combobox',
    'aria-expanded': isOpen ? 'true' : 'false',
    rows: Math.min(Math.max(text.split('\n').length, 1), 8),
    'aria-label': label,
    'aria-autocomplete': 'list',
    'aria-controls': 'completion',
    'aria-activedescendant': isOpen ? `completion-${active}` : null,
    placeholder: label,
    value: text,
    onInput: ({ currentTarget: { value } }) => {
      write(app, place, { text: value });
      const isOffered = suggestionsFor(app.state, value).length > 0;
      app.update({ suggesting: isOffered ? { field: key, options: [], active: 0, isLoading: false } : null });
    },
    onKeyDown: (event) => steer({ app, place, suggestions }, event),
    onBlur: () => {
      if (app.state.suggesting?.field === key) app.update({ suggesting: null });
    },
  });
}

type Steering = Pick<Field, 'app' | 'place' | 'suggestions'>;

function steer({ app, place, suggestions }: Steering, event: KeyboardEvent): void {
  if (event.isComposing) return;
  const { suggesting } = app.state;
  const chosen = suggestions[suggesting?.active ?? 0];
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (suggesting !== null && chosen !== undefined) {
    if (by !== undefined) {
      event.preventDefault();
      const active = (suggesting.active + by + suggestions.length) % suggestions.length;
      return app.update({ suggesting: { ...suggesting, active } });
    }
    // A name that is typed in full is sent, not completed once more.
    const isTyped = chosen.insert.trim() === writtenAt(app, place).text;
    if (event.key === 'Tab' || (event.key === 'Enter' && !isTyped)) {
      event.preventDefault();
      return accept(app, place, chosen);
    }
    if (event.key === 'Escape') return app.update({ suggesting: null });
  }
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    void send(app, place);
  }
}

function accept(app: App, place: Place, chosen: Suggestion): void {
  write(app, place, { text: chosen.insert });
  app.update({ suggesting: null });
}

function completionList(app: App, place: Place, suggestions: readonly Suggestion[]): VNode {
  const active = app.state.suggesting?.active ?? 0;
  return h(
    'div.completion',
    {},
    h('p.completion-title', {}, wording.composer.commands),
    h(
      'ul',
      { id: 'completion', role: 'listbox', 'aria-label': wording.composer.suggestions },
      suggestions.map((one, at) =>
        h(
          at === active ? 'li.option.active' : 'li.option',
          {
            key: one.insert,
            id: `completion-${at}`,
            role: 'option',
            'aria-selected': at === active ? 'true' : 'false',
            onMouseDown: (event) => event.preventDefault(),
            onClick: () => accept(app, place, one),
          },
          h('span.option-label', {}, h('strong', {}, one.label), h('span.usage', {}, one.usage)),
          h('span.option-detail', {}, one.detail),
        ),
      ),
    ),
  );
}

function attach(app: App, place: Place): VNode {
  return h(
    'label.icon-button',
    { title: wording.composer.attach },
    icon('clip'),
    h('input.sr-only', {
      type: 'file',
      multiple: true,
      'aria-label': wording.composer.attach,
      onChange: ({ currentTarget: input }) => {
        const files = [...(input.files ?? [])];
        input.value = '';
        void addFiles(app, place, files);
      },
    }),
  );
}

async function addFiles(app: App, place: Place, files: readonly File[]): Promise<void> {
  const added = await uploadAll(app, files);
  write(app, place, { fileIds: [...writtenAt(app, place).fileIds, ...added] });
}

/** A message, or a command where it begins with a slash. */
async function send(app: App, place: Place): Promise<void> {
  const { text, fileIds } = writtenAt(app, place);
  if (text.trim() === '' && fileIds.length === 0) return;
  app.update({ suggesting: null });
  showEnd(place);
  const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
  if (command !== null && fileIds.length === 0) {
    return useCommand(app, place, { name: command[1] ?? '', text: (command[2] ?? '').trim() });
  }
  const { channelId, threadTs } = place;
  write(app, place, { text: '', fileIds: [] });
  const act = { do: 'say' as const, channelId, text, fileIds, ...(threadTs !== null && { threadTs }) };
  const answer = await app.act(act);
  if (!answer.ok) write(app, place, { text, fileIds });
}

type Command = { name: string; text: string };

/** Slack's client answers by itself what is no command, and any command in a thread. */
async function useCommand(app: App, place: Place, { name, text }: Command): Promise<void> {
  const tell = (words: string): void => notify(app, { ...place, text: words });
  const isKnown = name === INVITE || app.state.snapshot.commands.some((one) => one.name === name);
  if (!isKnown) {
    return tell(wording.composer.noCommand(name));
  }
  if (place.threadTs !== null) return tell(wording.composer.notInThreads(name));
  write(app, place, { text: '' });
  if (name === INVITE) return invite(app, place, text);
  const { channelId } = place;
  const busy = `send/${placeKey(app, place)}`;
  const answer = await app.act({ do: 'command', channelId, name, text }, busy);
  if (!answer.ok) tell(answer.problem);
  else if (answer.result.failure !== null) tell(wording.composer.failed(name, answer.result.failure));
  return undefined;
}

async function invite(app: App, place: Place, text: string): Promise<void> {
  const { people, workspace } = app.state.snapshot;
  const tell = (words: string): void => notify(app, { ...place, text: words });
  const bot = people.find(({ id }) => id === workspace.botUserId);
  if (bot === undefined || text !== `@${bot.name}`) {
    return tell(wording.composer.inviteOnly(`${INVITE} @${bot?.name ?? 'devin'}`));
  }
  const answer = await app.act({ do: 'invite', channelId: place.channelId });
  return tell(answer.ok ? wording.composer.invited(workspace.appName) : answer.problem);
}

type Suggestion = {
  /** What the field has instead of what was typed. */
  insert: string;
  label: string;
  usage: string;
  detail: string;
};

/** Slack's own command for bringing an app into a channel. */
const INVITE = '/invite';

/** Commands while one is being typed at the start. */
function suggestionsFor(state: AppState, text: string): Suggestion[] {
  if (!/^\/\S*$/.test(text)) return [];
  return commands(state).filter(({ label }) => label.startsWith(text.toLowerCase()));
}

function commands({ snapshot }: AppState): Suggestion[] {
  const { appName, botUserId } = snapshot.workspace;
  const bot = snapshot.people.find(({ id }) => id === botUserId)?.name ?? 'devin';
  const invite = { name: INVITE, usageHint: `@${bot}`, description: wording.composer.invite };
  return [...snapshot.commands.map((one) => ({ ...one, by: appName })), { ...invite, by: 'Slack' }].map(
    ({ name, usageHint, description, by }) => ({
      insert: `${name} `,
      label: name,
      usage: usageHint,
      detail: `${description} · ${by}`,
    }),
  );
}
