/** Devin's refusals and failures. */
export const devin = {
  /** 400, 422 on anything but a request for a session. `reason` is Devin's own. */
  refused: (reason: string | null): string =>
    reason === null
      ? 'Devin did not accept it and did not say why.'
      : `Devin did not accept it. Devin says: ${reason}`,
  /** 400, 422. `reason` is Devin's own. */
  invalid: (reason: string | null): string =>
    reason === null
      ? 'Devin did not accept this request and did not say why. Nothing was started. Change it and try again.'
      : `Devin did not accept this request. Nothing was started. Change it and try again. Devin says: ${reason}`,
  /** Where all that Devin says is of fields: their lines follow. */
  invalidFields:
    'Devin did not accept this request. Nothing was started. Change it and try again. Devin says:',
  /** One line for each field that Devin names; `label` from `fields`. */
  invalidField: (label: string, reason: string): string => `${label}: ${reason}`,
  /** 401. */
  unauthorized:
    "Devin does not accept this app's key: it is wrong, was revoked or has expired. Tell whoever runs this app: a new key comes from Devin Settings > Service users and goes into DEVIN_API_KEY.",
  /** 403. `permission` is null where Devin does not name it. */
  forbidden: (permission: string | null): string =>
    permission === null
      ? "This app's service user may not do that in Devin, and Devin does not say which permission is missing. Ask a Devin administrator to check its role in Devin Settings > Service users; sessions that run as a person take ManageOrgSessions and ImpersonateOrgSessions."
      : `This app's service user lacks the permission ${permission} in Devin. Ask a Devin administrator to add it to its role in Devin Settings > Service users, then try again.`,
  /** 403: what goes on without a permission, by its name in Devin. */
  without: {
    ManageOrgSessions: 'Until then no session can be started or steered from Slack.',
    ImpersonateOrgSessions:
      'Until then no session can run as a person; with IMPERSONATION=off they run as the service user.',
    UseDevinSessions: 'Until then files cannot be sent along; a session without files can be started.',
    ViewOrgSessions: 'Until then sessions can be started, but not followed here.',
    ViewOrgMembership:
      'Until then people are not found by e-mail; an administrator can link each one by hand.',
    ManageAccountPlaybooks: 'Until then playbooks are not suggested; their ids can be typed.',
    ManageAccountKnowledge: 'Until then knowledge is not suggested; ids of notes can be typed.',
    ManageOrgSecrets: 'Until then secrets are not suggested; their ids can be typed.',
  },
  /** 404. */
  notFound:
    'Devin does not know this, or this app may not see it. Check the id or the link: it may belong to another organisation, or have been deleted.',
  /** 409. */
  conflict: (reason: string | null): string =>
    `Devin cannot do that in the state the session is in. Open it in Devin to see where it stands, then try again.${reason === null ? '' : ` Devin says: ${reason}`}`,
  /** 429. */
  busy: 'Devin is busy. Your request is queued and starts by itself; there is nothing to do.',
  /** 5xx on what may be repeated, or no connection. */
  down: 'Devin cannot be reached right now. Your request is queued and goes on by itself; there is nothing to do.',
  /** 429, 5xx or no connection on something that is not queued, such as stopping a session. */
  notNow: 'Devin is busy or cannot be reached right now, so this was not done. Try again in a minute.',
  /** The answer to anything but a create was lost. */
  unknownAction:
    "Devin's answer got lost, so it is not certain that this was done. Open the session in Devin before you try again.",
  /** Anything else. `reason` is Devin's own. */
  unexpected: (status: number | null, reason: string | null): string =>
    `Devin gave an answer that this app does not understand${status === null ? '' : ` (HTTP ${status})`}. Try again; if it keeps happening, tell whoever runs this app.${reason === null ? '' : ` Devin says: ${reason}`}`,
};
