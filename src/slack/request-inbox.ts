import type { MessageContext } from '../session/context.ts';
import { applyForm } from '../session/defaults.ts';
import type { SessionDraft } from '../session/fields.ts';
import type { Wish } from '../session/intent.ts';
import { withDeadline } from '../store/commit.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { Form, Forms } from '../store/forms.ts';
import { messageKey, newId, type NewRequest } from '../store/request-row.ts';
import { openForm, placeOf, withSecrets, type EffectiveDraftOf, type Origin } from './form-inbox.ts';
import { createSaveRequest, type SaveDeps } from './save-request.ts';

type InboxDeps = SaveDeps & {
  forms: Pick<Forms, 'change'>;
  envelopes: Envelopes;
  effectiveDraft: EffectiveDraftOf;
  /** While the task runs, other work on the database steps back: Slack waits 3 s, a person less. */
  withPriority: <T>(task: () => Promise<T>) => Promise<T>;
};

/** A task as it was typed. */
type TypedTask = {
  wish: Wish;
  files: readonly { id: string }[];
  /** null: nothing but what was typed. */
  context: MessageContext | null;
};

type SubmittedForm = {
  viewId: string;
  userId: string;
  draft: SessionDraft;
  choice: MessageContext['choice'] | null;
  fileIds: string[];
};

export type RequestInbox = ReturnType<typeof createRequestInbox>;

/** Saves what people ask for, in one transaction with its jobs. The rest happens after Slack has its answer. */
export function createRequestInbox(deps: InboxDeps) {
  const { forms, envelopes, effectiveDraft, withPriority } = deps;
  const save = createSaveRequest(deps);

  /**
   * Rejects with a `TooLateError` if it can't be saved before Slack stops waiting. `unlessTwin`: not if the person asked
   * for the same there a moment ago; resolves with the id of that request.
   */
  const accept = async (toRequest: () => Promise<NewRequest>, unlessTwin = false): Promise<string | null> =>
    withDeadline(async (deadline) =>
      withPriority(async () => save({ request: await toRequest(), deadline, unlessTwin })),
    );

  async function typedRequest(
    origin: Origin,
    dedupeKey: string,
    { wish, files, context }: TypedTask,
  ): Promise<NewRequest> {
    const id = newId();
    return {
      ...placeOf(origin),
      id,
      dedupeKey,
      source: 'command',
      draft: await effectiveDraft(origin, wish),
      context,
      slackFileIds: files.map(({ id: fileId }) => fileId),
      sealed: envelopes.close(id, { responseUrl: origin.responseUrl }),
    };
  }

  return {
    /**
     * A task typed as a command; `triggerId` is Slack's name for this one delivery. If the person asked for the same in
     * the same place a moment ago, nothing is saved, and it resolves with the id of that request.
     */
    acceptCommand: async (origin: Origin, triggerId: string, wish: Wish): Promise<string | null> =>
      accept(
        async () => typedRequest(origin, `command:${triggerId}`, { wish, files: [], context: null }),
        true,
      ),

    /** A message that is the task, to the app or in a session's thread: once, however often it arrives. */
    async acceptMessage(origin: Origin, ts: string, task: TypedTask): Promise<void> {
      await accept(async () => typedRequest(origin, messageKey({ ...origin, ts }), task));
    },

    /** A form that was submitted; `viewId` names this one opening of it. */
    async acceptForm(form: Form, { viewId, userId, draft, choice, fileIds }: SubmittedForm): Promise<void> {
      const { session_secrets: typed = [], ...stored } = draft;
      const { sessionSecrets: kept, ...urls } = openForm(envelopes, form);
      const sessionSecrets = withSecrets(kept, typed);
      const id = newId();
      const request: NewRequest = {
        ...placeOf(form),
        id,
        dedupeKey: `form:${viewId}`,
        source: 'form',
        userId,
        draft: applyForm(form.draft, stored, form.expanded),
        context: chosenContext(form, choice),
        slackFileIds: fileIds,
        sealed: envelopes.close(id, { ...urls, sessionSecrets }),
        secretNames: sessionSecrets.map(({ key }) => key),
        replaces: form.replaces,
      };
      await accept(async () => request);
      if (kept.length === 0) return;
      await forms.change(form.id, {
        sealed: envelopes.withoutSecrets(form.id, form.sealed),
        secretNames: [],
      });
    },

    /** A text that may have been a slip, which the person wants started as a task: once, however often they say so. */
    async acceptOffered(form: Form): Promise<void> {
      const { responseUrl } = openForm(envelopes, form);
      const id = newId();
      const request: NewRequest = {
        ...placeOf(form),
        id,
        dedupeKey: `offered:${form.id}`,
        source: 'command',
        draft: form.draft,
        context: form.context,
        slackFileIds: [],
        sealed: envelopes.close(id, { responseUrl }),
      };
      await accept(async () => request);
    },
  };
}

function chosenContext(
  { context, without }: Form,
  choice: MessageContext['choice'] | null,
): MessageContext | null {
  if (context === null) return null;
  return { ...context, choice: choice ?? context.choice, ...(without !== null && { without }) };
}
