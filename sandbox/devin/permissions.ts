/** What a service user's role may hold. https://docs.devin.ai/api-reference/v3/overview */
export const PERMISSIONS = [
  'ReadAccountMeta',
  'ManageOrgSessions',
  'ViewOrgSessions',
  'ImpersonateOrgSessions',
  'UseDevinSessions',
  'ViewOrgMembership',
  'ManageAccountPlaybooks',
  'ManageAccountKnowledge',
  'ManageOrgSecrets',
  'Read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
