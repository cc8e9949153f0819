import { randomUUID } from 'node:crypto';

export type Upload = {
  id: string;
  name: string;
  bytes: number;
  content: Uint8Array;
  contentType: string | null;
  /** What the API hands out; it redirects to a presigned address. */
  url: string;
  /** Of the presigned address. */
  signature: string;
};

export type NewUpload = { name: string; content: Uint8Array; contentType: string | null };

export type Uploads = ReturnType<typeof createUploads>;

export function createUploads({ origin, orgId }: { origin: string; orgId: string }) {
  const all: Upload[] = [];
  return {
    all,
    add(upload: NewUpload): Upload {
      const id = randomUUID();
      const url = `${origin}/v3/organizations/${orgId}/attachments/${id}/${encodeURIComponent(upload.name)}`;
      const stored = { ...upload, id, url, bytes: upload.content.byteLength, signature: randomUUID() };
      all.push(stored);
      return stored;
    },
    find: (id: string, name: string) => all.find((upload) => upload.id === id && upload.name === name),
    /** Whether the address may be used: this server has the file, or the address is another server's. */
    knows: (url: string) => new URL(url).origin !== origin || all.some((upload) => upload.url === url),
  };
}
