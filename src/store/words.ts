/** What the person who starts the app reads when the store cannot be opened. */
export const words = {
  unreachable: (server: string) =>
    `DATABASE_URL names a Postgres server that does not answer (${server}): check host and port, and that it is running.`,
  refused: (server: string) =>
    `DATABASE_URL was refused by the Postgres server (${server}): check user name, password and ssl mode.`,
  missing: (server: string) =>
    `DATABASE_URL names a database that does not exist (${server}): create it, or correct the name.`,
  inUse: (folder: string, pid: number | null) =>
    `DATA_DIR ${folder} is in use by another process${pid === null ? '' : ` (pid ${pid})`}: stop that one first, or give this one its own folder. To run several at once, set DATABASE_URL.`,
  unusable: (folder: string) =>
    `DATA_DIR ${folder} cannot be used: it must be a folder that this user may write to.`,
  unreadable: (folder: string) =>
    `DATA_DIR ${folder} holds a database that cannot be opened: restore the folder from a backup, or move it away to start afresh.`,
  diskFailed: (folder: string, reason: string) =>
    `The database in ${folder} had to stop (${reason}): check the disk for space and errors, then start again. Nothing that was acknowledged is lost.`,
  migration: (name: string) =>
    `The database could not be brought up to date (${name}): nothing was changed. The log has the reason.`,
  secretsKey: (where: string) =>
    `${where} must be 32 bytes in base64: make one with \`openssl rand -base64 32\`.`,
  keyModeFixed: (path: string) => `${path} could be read by others: its mode is now 0600.`,
};
