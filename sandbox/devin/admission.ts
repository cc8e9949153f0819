import type { World } from './local-devin.ts';
import { ApiProblem, missingPermission, notFound, unprocessable } from './problem.ts';
import type { Catalog } from './routes/reference.ts';
import type { CreateBody } from './schemas.ts';

/** Labels of the machines the organization has. */
const PLATFORMS = ['linux', 'windows'];

/** Files of Slack need the bot's token, which Devin does not have. */
const SLACK_FILE = /^https?:\/\/files\.slack\.com\/|\/files-pri\//;

/** On behalf of a person, who has to be a member and allowed to use Devin. */
export function impersonate({ permissions, members }: World, userId: string | null | undefined): void {
  if (userId == null) return;
  if (!permissions.has('ImpersonateOrgSessions')) throw missingPermission('ImpersonateOrgSessions');
  const member = members.find(userId);
  if (member === undefined) throw notFound(`User ${userId} in this organization`);
  if (member.canUse === false)
    throw new ApiProblem(403, 'Target user does not have the UseDevinSessions permission');
}

export function attach({ uploads, report }: World, urls: string[] | null | undefined): void {
  for (const [index, url] of (urls ?? []).entries()) {
    if (SLACK_FILE.test(url)) report(`attachment_urls has a private file of Slack: ${url}`);
    if (uploads.knows(url)) continue;
    const loc = ['body', 'attachment_urls', index];
    throw unprocessable([{ loc, msg: 'Attachment not found', type: 'value_error', input: url }]);
  }
}

/** Refuses what is well-formed but not possible here. */
export function admit(world: World, body: CreateBody): void {
  impersonate(world, body.create_as_user_id);
  checkPlatform(body.platform);
  checkTags(body.tags ?? [], world.allowedTags);
  for (const id of [body.playbook_id, body.child_playbook_id]) checkPlaybook(id, world.catalog);
  attach(world, body.attachment_urls);
  reportSloppy(body, world);
}

/** `inherit` is the organization's default for a session with no parent. Labels are compared case-insensitively. */
function checkPlatform(platform: string | null | undefined): void {
  if (platform == null || ['inherit', ...PLATFORMS].includes(platform.toLowerCase())) return;
  throw new ApiProblem(400, `Unknown platform '${platform}'. Available platforms: ${PLATFORMS.join(', ')}`);
}

/** Organizations that enforce tagging want exactly one of their own values. */
function checkTags(tags: string[], allowed: readonly string[] | null): void {
  if (allowed === null) return;
  const [tag, ...others] = tags;
  if (tag !== undefined && others.length === 0 && allowed.includes(tag)) return;
  throw new ApiProblem(400, `Exactly one allowed tag is required. Allowed tags: ${allowed.join(', ')}`);
}

function checkPlaybook(id: string | null | undefined, { playbooks }: Catalog): void {
  if (id != null && !playbooks.some((playbook) => playbook.id === id)) throw notFound(`Playbook ${id}`);
}

function reportSloppy(body: CreateBody, { catalog, report }: World): void {
  if (body.prompt.trim() === '') report('the prompt is empty');
  for (const id of body.knowledge_ids ?? []) {
    if (!catalog.notes.some((note) => note.id === id)) report(`knowledge_ids has an unknown note: ${id}`);
  }
  for (const id of body.secret_ids ?? []) {
    if (!catalog.secrets.some((secret) => secret.id === id))
      report(`secret_ids has an unknown secret: ${id}`);
  }
}
