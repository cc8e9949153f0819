import type { MessageContext } from '../../session/context.ts';
import { draftFor } from '../../session/credentials.ts';
import type { EffectiveDraft } from '../../session/defaults.ts';
import { faultsOf, faultsOfFailure, type Faults } from '../../session/failure.ts';
import type { Problem } from '../../session/intent.ts';
import { withDeadline } from '../../store/commit.ts';
import { EMPTY_ENVELOPE, type Envelope, type Envelopes } from '../../store/envelope.ts';
import type { Form, Forms } from '../../store/forms.ts';
import { newId, offerId, type MessageRef, type SessionRequest } from '../../store/request-row.ts';
import { lostSecrets } from '../../store/requests.ts';
import type { QuickGate, TypedDraft } from '../../trust/index.ts';
import { placeColumns, type Origin } from '../edge/places.ts';

type InboxDeps = {
  forms: Pick<Forms, 'insert' | 'find' | 'change'>;
  envelopes: Envelopes;
  effectiveDraft: QuickGate['effectiveDraft'];
};

type FormContent = {
  draft: EffectiveDraft;
  context: MessageContext | null;
  /** What was refused, by field. */
  faults: Faults;
  /** Names of session secrets that were not kept. */
  lostSecrets?: string[] | null;
};

/** `problems`: what could not be read. */
type ReadWish = TypedDraft & { problems?: readonly Problem[] };

type OfferedMessage = { wish: ReadWish; context: MessageContext | null };
type Reopening = Pick<Origin, 'userId' | 'responseUrl'>;

/** Keeps what a form is filled in with until it is sent. A form's id goes into a button or a modal. */
export function createFormInbox({ forms, envelopes, effectiveDraft }: InboxDeps) {
  async function keep(id: string, origin: Origin, content: FormContent): Promise<Form> {
    const filled = { lostSecrets: null, ...content };
    const sealed = envelopes.close(id, { responseUrl: origin.responseUrl });
    const form = { ...placeColumns(origin), id, ...filled, sealed };
    await forms.insert(form);
    return { ...form, without: null, questions: null, sentIn: null };
  }

  const contentOf = async (origin: Origin, wish: ReadWish) => ({
    draft: await effectiveDraft(origin, wish),
    faults: faultsOf(wish.problems ?? []),
  });

  /** With what could be read, and at its fields what could not. */
  const offer = async (id: string, origin: Origin, { wish, context }: OfferedMessage): Promise<Form> =>
    keep(id, origin, { ...(await contentOf(origin, wish)), context });

  return {
    offerForm: async (
      origin: Origin,
      wish: ReadWish = { draft: {} },
      context: MessageContext | null = null,
    ): Promise<Form> => withDeadline(async () => offer(newId(), origin, { wish, context })),

    /** With a message to the app: one form, however often the message arrives. */
    offerMessage: async (origin: Origin, ts: string, offered: OfferedMessage): Promise<Form> =>
      offer(offerId({ ...origin, ts }), origin, offered),

    /** The form that was offered with a message; null: none. */
    offerOf: async (message: MessageRef): Promise<Form | null> => forms.find(offerId(message)),

    /** The form that was offered with a message; null: none, or it was sent. */
    async unsentOffer(message: MessageRef): Promise<Form | null> {
      const form = await forms.find(offerId(message));
      return form?.sentIn === null ? form : null;
    },

    /** Its message was edited. */
    async changeOffer(form: Form, { wish, context }: OfferedMessage): Promise<void> {
      const { draft, faults } = await contentOf({ ...form, responseUrl: null }, wish);
      await forms.change(form.id, { draft, faults, context });
    },

    /** Filled in like a request, to start the same again. */
    async offerAgain({ userId, responseUrl }: Reopening, request: SessionRequest): Promise<Form> {
      const { teamId, channelId, threadTs, placeKind, draft, context, failure } = request;
      const origin = { teamId, userId, channelId, threadTs, placeKind, responseUrl };
      const isAuthor = userId === request.userId;
      const filled = draftFor({ isAuthor }, draft);
      return keep(newId(), origin, {
        draft: filled.draft,
        context,
        lostSecrets: lostSecrets(request),
        faults: { ...faultsOfFailure(failure, draft.values), ...filled.faults },
      });
    },

    /** The form is opened from a private notice, which is removed once a session has started from it. */
    async openedFrom(form: Form, noticeUrl: string): Promise<void> {
      const envelope = openForm(envelopes, form);
      const sealed = envelopes.close(form.id, { ...envelope, noticeUrl });
      await forms.change(form.id, { sealed });
    },
  };
}

/** What is sealed with a form. */
export function openForm(envelopes: Pick<Envelopes, 'open'>, { id, sealed }: Form): Envelope {
  return envelopes.open(id, sealed) ?? EMPTY_ENVELOPE;
}
