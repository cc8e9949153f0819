import { randomUUID } from 'node:crypto';
import type { Changes } from '../changes.ts';
import { MASK } from './journal.ts';
import { createPlayer, type Schedule } from './player.ts';
import { ApiProblem } from './problem.ts';
import type { Uploads } from './routes/attachments.ts';
import type { CreateBody, SessionSecretInput } from './schemas.ts';
import { type DevinWords, type Script, stepsOf } from './scripts.ts';
import {
  type LocalSession,
  type SessionChange,
  type SessionState,
  appendMessage,
  applyChange,
  isOver,
  wake,
} from './session-state.ts';
import { bareId } from './session-wire.ts';

type Reply = { message: string; asUserId: string | null; attachmentUrls: string[] };

type SessionsDeps = {
  now: () => number;
  changes: Changes<void>;
  uploads: Uploads;
  schedule: Schedule | null;
  script: Script;
  words: DevinWords;
};

export function createSessions(deps: SessionsDeps) {
  const { now, changes, uploads, schedule, words } = deps;
  const player = createPlayer({ schedule, words, apply: change });
  const all: SessionState[] = [];
  const byId = new Map<string, SessionState>();
  const secrets = new Map<string, SessionSecretInput[]>();
  let { script } = deps;

  /** Takes either form of the id. */
  const find = (id: string): LocalSession | undefined => byId.get(bareId(id));

  /** Throws for an id that nobody was given. */
  function get(id: string): SessionState {
    const session = byId.get(bareId(id));
    if (session === undefined) throw new Error(`The local Devin has no session ${id}`);
    return session;
  }

  /** Every change of a session passes here, so that waiting calls see it. */
  function touch(id: string, edit: (session: SessionState) => void): void {
    const session = get(id);
    edit(session);
    session.updatedAtMs = now();
    changes.emit();
  }

  function attachUrls(session: SessionState, urls: string[]): void {
    for (const url of urls) {
      const upload = uploads.all.find((candidate) => candidate.url === url);
      const name = upload?.name ?? new URL(url).pathname.split('/').at(-1) ?? url;
      const attachment = { name, url, source: 'user', contentType: upload?.contentType ?? null } as const;
      session.attachments.push({ id: upload?.id ?? randomUUID(), ...attachment });
    }
  }

  function attachFromDevin(session: SessionState, change: SessionChange): void {
    for (const { name, content, contentType = null } of change.attachments ?? []) {
      const { id, url } = uploads.add({ name, content: Buffer.from(content), contentType });
      session.attachments.push({ id, name, url, source: 'devin', contentType });
    }
  }

  function create(body: CreateBody): LocalSession {
    const atMs = now();
    const session = newSession({ body, atMs, number: all.length + 1 });
    appendMessage(session, {
      source: 'user',
      message: body.prompt,
      createdAtMs: atMs,
      asUserId: body.create_as_user_id ?? null,
    });
    attachUrls(session, body.attachment_urls ?? []);
    all.push(session);
    byId.set(session.id, session);
    secrets.set(session.id, body.session_secrets ?? []);
    player.load(session.id, stepsOf(script, body, words));
    changes.emit();
    return session;
  }

  function change(id: string, change: SessionChange): void {
    touch(id, (session) => {
      if (change.personMessage !== undefined) wake(session);
      applyChange(session, change, now());
      attachFromDevin(session, change);
      if (change.personMessage !== undefined) player.replied(session.id);
      if (isOver(session)) player.unload(session.id);
    });
  }

  const read: readonly LocalSession[] = all;
  return {
    all: read,
    create,
    find,
    get: (id: string): LocalSession => get(id),
    change,
    /** What sessions created from now on play. */
    script: (chosen: Script) => void (script = chosen),
    /** Plays the next step of its script now; false when there is none, or it waits for a person. */
    step: (id: string) => player.step(get(id).id),
    secretsOf: (id: string) => secrets.get(get(id).id) ?? [],
    reply(id: string, { message, asUserId, attachmentUrls }: Reply): void {
      touch(id, (session) => {
        assertAwakable(session);
        appendMessage(session, { source: 'user', message, createdAtMs: now(), asUserId });
        attachUrls(session, attachmentUrls);
        // An archived session takes the message and stays as it is.
        if (session.isArchived) return;
        wake(session);
        player.replied(session.id);
      });
    },
    terminate(id: string, archive: boolean): void {
      touch(id, (session) => {
        if (!isOver(session)) applyChange(session, { status: 'exit' }, now());
        session.isArchived ||= archive;
        player.unload(session.id);
      });
    },
    archive(id: string): void {
      touch(id, (session) => {
        session.isArchived = true;
        if (isOver(session)) return;
        player.load(session.id, []);
        if (session.status === 'suspended') return;
        applyChange(session, { status: 'suspended', statusDetail: 'user_request' }, now());
      });
    },
    unarchive: (id: string) => touch(id, (session) => (session.isArchived = false)),
    /** No script goes on by itself. */
    stop: player.stop,
  };
}

/** Where the web app shows sessions. */
const APP_URL = 'https://app.devin.ai';

type NewSession = { body: CreateBody; atMs: number; number: number };

function newSession({ body, atMs, number }: NewSession): SessionState {
  const id = randomUUID().replaceAll('-', '');
  const { session_secrets: secrets } = body;
  return {
    id,
    number,
    url: `${APP_URL}/sessions/${id}`,
    request: {
      ...body,
      ...(secrets != null && { session_secrets: secrets.map((secret) => ({ ...secret, value: MASK })) }),
    },
    createdAtMs: atMs,
    updatedAtMs: atMs,
    status: 'new',
    statusDetail: null,
    title: body.title ?? null,
    tags: [...new Set(body.tags)],
    userId: body.create_as_user_id ?? null,
    acusConsumed: 0,
    pullRequests: [],
    isArchived: false,
    messages: [],
    attachments: [],
    structuredOutput: null,
  };
}

/** A message resumes a sleeping session, unless it is over or its machine was discarded. */
function assertAwakable(session: LocalSession): void {
  if (isOver(session))
    throw new ApiProblem(409, `The session has ended (${session.status}) and cannot be resumed`);
  if (session.status === 'suspended' && !session.request.resumable) {
    throw new ApiProblem(409, 'The session was created with resumable=false and cannot be resumed');
  }
}
