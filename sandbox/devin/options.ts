import { en } from '../sample/en.ts';
import { type Member, type Permission, PERMISSIONS } from './members.ts';
import type { Schedule } from './player.ts';
import type { Catalog } from './routes/reference.ts';
import type { DevinWords, Script } from './scripts.ts';
import type { IdForm, WireContext } from './session-wire.ts';

export type LocalDevinOptions = {
  orgId?: string;
  members?: readonly Member[];
  /** What people can pick from at first. Default: nothing. */
  catalog?: Partial<Catalog>;
  /** The service user's permissions. Default: all. */
  permissions?: readonly Permission[];
  /** Milliseconds. */
  now?: () => number;
  /** By which scripts play by themselves, such as a pace's. Default: they play only by `step`. */
  schedule?: Schedule | null;
  /** What sessions play until `script` says otherwise. */
  script?: Script;
  /** What Devin says. */
  words?: DevinWords;
  /** How answers write session ids. Default `bare`, as on the real API. */
  idForm?: IdForm;
  /** How the list understands `tags`. Default `any`. */
  tagsMatch?: WireContext['tagsMatch'];
  /** Whether a session that runs as a member names the service user that created it. Default: yes. */
  namesServiceUser?: boolean;
  /** The organization enforces tagging with these values. Default: it doesn't. */
  allowedTags?: readonly string[] | null;
};

const DEFAULTS = {
  orgId: 'org-4c1d8e7b2f',
  members: [],
  catalog: {},
  permissions: PERMISSIONS,
  now: Date.now,
  schedule: null,
  script: 'normal',
  words: en.devin,
  idForm: 'bare',
  tagsMatch: 'any',
  namesServiceUser: true,
  allowedTags: null,
} as const satisfies LocalDevinOptions;

/** Every option with a value. */
export const withDefaults = (options: LocalDevinOptions) => ({ ...DEFAULTS, ...options });
export type Settings = ReturnType<typeof withDefaults>;
