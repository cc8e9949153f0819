/** Devin's refusals and failures. */
export const devin = {
  /** 400, 422. `reason`: in Devin's words. */
  refused: (reason: string | null): string =>
    reason === null ? "Devin refused it and didn't say why." : `Devin refused it: ${reason}`,
  /** 401. */
  unauthorized:
    "Devin doesn't accept this app's key: ask an app admin.\nIt's wrong, revoked or expired. A new one comes from Devin Settings > Service users, and goes into DEVIN_API_KEY.",
  /** 402. */
  paymentRequired: 'No credit left in Devin, or a payment failed: ask your billing admin.',
  /** 403. `permission`: null if Devin does not name it. */
  forbidden: (permission: string | null): string =>
    permission === null
      ? "This app's service user may not do that in Devin: ask a Devin admin.\nDevin didn't name the missing permission. Check its role in Devin Settings > Service users; sessions that run as a person need ManageOrgSessions and ImpersonateOrgSessions."
      : `This app's service user lacks ${permission} in Devin: ask a Devin admin.\nThe permission is added to its role in Devin Settings > Service users.`,
  /** 403 to a create. Devin may mean either of the two. */
  impersonation: [
    'Either side can be the reason. A Devin admin can check both:',
    '• The person who asked: a member of the Devin organization, with the permission UseDevinSessions.',
    "• This app's service user: with the permissions ManageOrgSessions and ImpersonateOrgSessions.",
  ].join('\n'),
  /** 404. */
  notFound:
    "Devin can't find this, or this app has no access to it.\nCheck the id or the link: it may belong to another organization or have been deleted.",
  /** 409, before there is a session. */
  createConflict: 'Try again in a minute.',
  conflict: (reason: string | null): string =>
    `${reason === null ? "Devin can't do that in the session's current status. " : `Devin refused it: ${reason}\n`}Open the session in Devin to see its status, then try again.`,
  /** 429, 5xx or no connection on something that is not queued, such as stopping a session. */
  notNow: "Devin is busy or can't be reached, so nothing was done. Try again in a minute.",
  /** Anything else. `reason`: in Devin's words. */
  unexpected: (status: number | null, reason: string | null): string =>
    `Devin sent an unexpected answer${status === null ? '' : ` (HTTP ${status})`}${reason === null ? '.' : `: ${reason}`}\nTry again; if it keeps happening, tell an app admin.`,
};
