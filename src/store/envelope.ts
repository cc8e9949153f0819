import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { OperatorError } from '../text/operator-error.ts';
import { codeOf } from './sql.ts';

const envelopeSchema = z.object({
  /** Where a private notice can be sent for half an hour; anyone who has it can post. */
  responseUrl: z.string().nullable(),
  /** The reason that a person wrote. */
  reason: z.string().optional(),
  sessionSecrets: z.array(z.object({ key: z.string(), value: z.string(), sensitive: z.boolean() })),
});
/** The parts of a request that must not be stored in the clear. */
export type Envelope = z.infer<typeof envelopeSchema>;

export const EMPTY_ENVELOPE: Envelope = { responseUrl: null, sessionSecrets: [] };

export function createEnvelopes(seal: Seal) {
  const close = (id: string, content: Partial<Envelope>): string | null => {
    const envelope = { ...EMPTY_ENVELOPE, ...content };
    const { responseUrl, reason, sessionSecrets } = envelope;
    const isEmpty = responseUrl === null && reason === undefined && sessionSecrets.length === 0;
    return isEmpty ? null : seal.seal(JSON.stringify(envelope), id);
  };

  /** null: it was tampered with, or the key changed. */
  const open = (id: string, sealed: string | null): Envelope | null => {
    if (sealed === null) return EMPTY_ENVELOPE;
    const plain = seal.open(sealed, id);
    return plain === null ? null : envelopeSchema.parse(JSON.parse(plain));
  };

  return {
    close,
    open,
    /** What stays once a request has ended or has its session: where to tell the person, and no secrets. */
    withoutSecrets(id: string, sealed: string | null): string | null {
      return close(id, { ...open(id, sealed), sessionSecrets: [] });
    },
  };
}

export type Seal = ReturnType<typeof createSeal>;

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = 'v1.';

/** AES-256-GCM; the first key encrypts, all decrypt. A value moved to another row can't be decrypted. */
export function createSeal(first: Buffer, ...older: readonly Buffer[]) {
  // Made once: this takes longer than encrypting.
  const key = createSecretKey(first);
  const keys = [key, ...older.map((one) => createSecretKey(one))];
  return {
    /** Opens again only with the same context. */
    seal(plain: string, context: string): string {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
    },
    /** null: made with another key or for another context, or changed since. */
    open(sealed: string, context: string): string | null {
      if (!sealed.startsWith(PREFIX)) return null;
      const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
      for (const one of keys) {
        const plain = decrypt(one, bytes, context);
        if (plain !== null) return plain;
      }
      return null;
    },
  };
}

/** Node refuses a tag of another length, so what was cut off can't be decrypted either. */
function decrypt(key: KeyObject, bytes: Buffer, context: string): string | null {
  try {
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

type SecretsKeyOptions = {
  /** 32 bytes in base64, or several separated by commas; the first encrypts. Absent: the key in `dataDir`, made on first use. */
  secretsKey?: string | null;
  dataDir: string;
  log?: { warn(facts: object, message: string): void };
};

/** Rejects a key of the wrong length with an `OperatorError`. */
export function loadSecretsKeys({ secretsKey, dataDir, log }: SecretsKeyOptions): [Buffer, ...Buffer[]] {
  if (secretsKey != null) {
    const [first = '', ...older] = secretsKey.split(',');
    return [decodeKey(first, 'SECRETS_KEY'), ...older.map((key) => decodeKey(key, 'SECRETS_KEY'))];
  }
  const path = join(dataDir, 'secrets.key');
  if (!existsSync(path)) createKeyFile(dataDir, path);
  if ((statSync(path).mode & 0o077) !== 0) {
    chmodSync(path, 0o600);
    log?.warn({ path }, `other users could read ${path}: its mode is now 0600`);
  }
  return [decodeKey(readFileSync(path, 'utf8').trim(), path)];
}

/** Written completely or not at all. An existing key is never overwritten: what it sealed would be lost. */
function createKeyFile(dataDir: string, path: string): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    throw new OperatorError('folder-unusable', ({ store }) => store.unusable(dataDir), { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}

function decodeKey(text: string, where: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new OperatorError('secrets-key-invalid', ({ config }) => `${where} ${config.variables.SECRETS_KEY}`);
}
