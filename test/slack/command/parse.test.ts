import { describe, expect, test } from 'vitest';
import { fields, type SessionDraft } from '../../../src/session/fields.ts';
import { unescape } from '../../../src/slack/blocks/text.ts';
import { parseCommand } from '../../../src/slack/command/parse.ts';

/** What a task sets; nothing is reset to its default. */
function created(text: string): SessionDraft {
  const intent = parseCommand(text);
  if (intent.kind !== 'create') throw new Error(`${intent.kind}: ${JSON.stringify(intent)}`);
  return intent.draft;
}

function refused(text: string) {
  const intent = parseCommand(text);
  if (intent.kind !== 'invalid') throw new Error(`${intent.kind}: ${JSON.stringify(intent)}`);
  return intent;
}

describe('flags', () => {
  test('each sets its field', () => {
    const text = [
      'fix it --title "Login test" --mode fast --repo acme/web --playbook pb-1 --child-playbook pb-2',
      '--knowledge n-1 --secret s-1,s-2 --tag a --tag b --acu 10 --platform windows',
      '--link <https://app.devin.ai/sessions/1> --attach <https://acme.io/a.png>',
      '--no-resume --bypass-approval --schema-optional',
    ].join(' ');
    expect(created(text)).toEqual({
      prompt: 'fix it',
      title: 'Login test',
      devin_mode: 'fast',
      repos: ['acme/web'],
      playbook_id: 'pb-1',
      child_playbook_id: 'pb-2',
      knowledge_ids: ['n-1'],
      secret_ids: ['s-1', 's-2'],
      tags: ['a', 'b'],
      max_acu_limit: 10,
      platform: 'windows',
      session_links: ['https://app.devin.ai/sessions/1'],
      attachment_urls: ['https://acme.io/a.png'],
      resumable: false,
      bypass_approval: true,
      structured_output_required: false,
    });
  });

  test.each([
    ['before the task', '--acu 10 fix it'],
    ['after the task', 'fix it --acu 10'],
    ['within the task', 'fix --acu 10 it'],
    ['with an equals sign', 'fix it --acu=10'],
    ['twice with the same value', '--acu 10 fix it --acu 10'],
    ['with a capital, as phones write', 'fix it --Acu 10'],
    ["before a sentence's mark", 'fix it --acu 10.'],
    ['with a comma for what follows', 'fix it --acu 10, --acu 10;'],
    ['with its unit', 'fix it --acu 10 ACU'],
    ['with three hyphens', 'fix it ---acu 10'],
    ['with a long dash and a hyphen', 'fix it —-acu 10'],
    ['with hyphens that keep a line together', 'fix it ‑‑acu 10'],
    ['with the long dash of macOS', 'fix it —acu 10'],
    ['with the short dash of macOS', '–acu=10 fix it'],
    ['with extra spaces', 'fix   --acu   10   it'],
    ['after a zero-width character, as in copied text', 'fix it \u200B--acu 10'],
    ['after a direction mark', 'fix it \u202A--acu 10'],
    ['with the wide dashes of a Japanese keyboard', 'fix it －－acu 10'],
    ['with the long vowels of a Japanese keyboard', 'fix it ーーacu 10'],
    ['with minus signs', 'fix it −−acu 10'],
    ['with bars', 'fix it ――acu 10'],
    ['with narrow hyphens', 'fix it ‐‐acu 10'],
    ['in wide letters and digits', 'fix it －－ａｃｕ １０'],
    ['with a wide equals sign', 'fix it --acu＝１０'],
    ['with a colon', 'fix it --ACU:10'],
    ['after a non-breaking space', 'fix it\u00A0--acu\u00A010'],
  ])('are read %s', (_where, text) => {
    expect(created(text)).toEqual({ prompt: 'fix it', max_acu_limit: 10 });
  });

  test.each([
    ['x --repo a/b,c/d', ['a/b', 'c/d']],
    ['x --repo a/b, c/d', ['a/b', 'c/d']],
    ['--repo a/b --repo=c/d x', ['a/b', 'c/d']],
    ['x --repo "a/b, c/d"', ['a/b', 'c/d']],
    ['x --repo a/b、c/d，e/f', ['a/b', 'c/d', 'e/f']],
    ['x --repo a/b、 c/d', ['a/b', 'c/d']],
    ['x --repo a/b, --acu 1', ['a/b']],
    ['x --repo a/b --repo a/b', ['a/b']],
    ['x --repo `acme/web`', ['acme/web']],
    ['x --repo <https://github.com/acme/web|github.com/acme/web>', ['acme/web']],
    ['x --repo=<https://github.com/acme/web.git>', ['acme/web']],
    ['x --repo <http://acme.io/web|acme.io/web>', ['acme.io/web']],
    ['x --repo <http://acme.io|acme.io>/web,a/b', ['acme.io/web', 'a/b']],
  ])('set a list from %s', (text, repos) => {
    expect(created(text).repos).toEqual(repos);
  });

  test('keep a link in another value as it was typed', () => {
    expect(created('x --title <http://acme.io|acme.io> --tag <http://acme.io|acme.io>')).toEqual({
      prompt: 'x',
      title: 'acme.io',
      tags: ['acme.io'],
    });
    expect(created('x --attach <http://acme.io/a,b.png|acme.io/a,b.png>').attachment_urls).toEqual([
      'http://acme.io/a,b.png',
    ]);
  });

  test.each([
    [`x --title "a b"`, 'a b'],
    [`x --title 'a b'`, 'a b'],
    [`x --title “a b”`, 'a b'],
    [`x --title ‘a b’`, 'a b'],
    [`x --title „a b“`, 'a b'],
    [`x --title «a b»`, 'a b'],
    [`x --title 「a b」`, 'a b'],
    [`x --title＝『a b』`, 'a b'],
    [`x --title=”a b”`, 'a b'],
    [`x --title “a b"`, 'a b'],
    [`x --title 'don't panic'`, "don't panic"],
    [`x --title "say “hi” now"`, 'say “hi” now'],
    [`x --title "a --mode fast"`, 'a --mode fast'],
    [`x --title don't`, "don't"],
    [`x --title '90s`, "'90s"],
    [`x --title 「設定」画面の修正`, '「設定」画面の修正'],
    [`x --title フラグの説明`, 'フラグの説明'],
    [`x --title=--a`, '--a'],
    [`x --title "R&amp;D &lt;3"`, 'R&D <3'],
    [`x --title "for <@U1|ana li>"`, 'for @ana li'],
  ])('set a value from %s', (text, title) => {
    expect(created(text)).toEqual({ prompt: 'x', title });
  });

  test('set a number that is written with separators', () => {
    expect(created('x --acu 1,000').max_acu_limit).toBe(1000);
    expect(refused('x --acu 1,00').problems).toMatchObject([{ kind: 'bad-value', value: '1,00' }]);
  });

  test('can set a list to none if that means something', () => {
    expect(created('x --secret none --knowledge None --tag a')).toEqual({
      prompt: 'x',
      secret_ids: [],
      knowledge_ids: [],
      tags: ['a'],
    });
    expect(refused('x --secret none,s-1').problems).toEqual([
      { kind: 'bad-value', field: 'secret_ids', value: 'none' },
    ]);
  });

  test('set a switch only to true or false', () => {
    expect(created('--no-resume truly fix it')).toEqual({ prompt: 'truly fix it', resumable: false });
    expect(created('test it --no-resume on main').prompt).toBe('test it on main');
    expect(created('fix it --no-resume "no such file"').prompt).toBe('fix it "no such file"');
    expect(created('x --no-resume=TRUE').resumable).toBe(false);
    expect(created('x --no-resume=yes').resumable).toBe(false);
    expect(created('x --no-resume=false').resumable).toBe(true);
    expect(refused('x --no-resume=maybe').problems).toEqual([
      { kind: 'bad-value', field: 'resumable', value: 'maybe' },
    ]);
    expect(refused('x --no-resume --no-resume=false').problems).toEqual([
      { kind: 'repeated', field: 'resumable' },
    ]);
  });
});

describe('a word after a switch that only makes sense as its value', () => {
  test.each([
    ['--bypass-approval no fix it', 'no', false],
    ['fix it --bypass-approval never', 'never', false],
    ['fix it --bypass-approval 0', '0', false],
    ['fix it --bypass-approval いいえ', 'いいえ', false],
    ['--bypass-approval false fix it', 'false', false],
    ['fix it --bypass-approval off', 'off', false],
    ['fix it --bypass-approval Yes.', 'Yes', true],
    ['fix it --bypass-approval "no"', 'no', false],
    ['fix it --bypass-approval “no”', 'no', false],
    ['fix it --bypass-approval = no', 'no', false],
    ['--bypass-approval =off\nfix it', 'off', false],
  ])('%s: starts nothing', (text, value, bypass) => {
    const { problems, draft } = refused(text);
    expect(problems).toEqual([{ kind: 'spaced-value', nearest: 'bypass_approval', value }]);
    expect(draft).toEqual({ prompt: 'fix it', bypass_approval: bypass });
  });

  test.each([
    ['fix it --bypass-approval no mocks please', 'fix it no mocks please'],
    ['fix it --bypass-approval no --acu 5', 'fix it'],
    ['fix it --bypass-approval no\nand test it', 'fix it\nand test it'],
  ])('stays in the form if the task may go on with it: %s', (text, prompt) => {
    const { problems, draft } = refused(text);
    expect(problems).toEqual([{ kind: 'spaced-value', nearest: 'bypass_approval', value: 'no' }]);
    expect(draft).toMatchObject({ prompt, bypass_approval: false });
  });

  test.each([
    ['fix it --no-resume, no rush', 'fix it no rush'],
    ['fix it --no-resume. No tests needed.', 'fix it No tests needed.'],
    ['fix it --no-resume on main', 'fix it on main'],
  ])("is part of the task after a sentence's mark, or if it begins one: %s", (text, prompt) => {
    expect(created(text)).toEqual({ prompt, resumable: false });
  });
});

describe('default, all and none', () => {
  test.each([
    ['x --acu default', 'max_acu_limit'],
    ['x --mode Default', 'devin_mode'],
    ['x --title default', 'title'],
    ['x --repo default', 'repos'],
    ['x --no-resume=default', 'resumable'],
    ['x --knowledge all', 'knowledge_ids'],
    ['x --secret ALL', 'secret_ids'],
    ['x --tag none', 'tags'],
    ['x --repo none', 'repos'],
  ])('%s undoes a default', (text, field) => {
    expect(parseCommand(text)).toEqual({ kind: 'create', draft: { prompt: 'x' }, reset: [field] });
  });

  test('with another value are a mistake', () => {
    expect(refused('x --knowledge all,n-1').problems).toEqual([
      { kind: 'bad-value', field: 'knowledge_ids', value: 'all' },
    ]);
  });
});

describe('a repository', () => {
  test.each([
    ['https://github.com/acme/web/tree/main/src', 'acme/web'],
    ['<https://github.com/acme/web/pull/7>', 'acme/web'],
    ['<https://github.com/acme/web/issues?q=is%3Aopen#top|github.com/acme/web/issues>', 'acme/web'],
    ['github.com/acme/web/blob/main/a.ts', 'acme/web'],
    ['www.github.com/acme/web', 'acme/web'],
    ['git@github.com:acme/web.git', 'acme/web'],
    ['ssh://git@github.com/acme/web.git', 'acme/web'],
    ['https://gitlab.com/acme/group/web/-/merge_requests/3', 'acme/group/web'],
    ['https://git.acme.io/team/web/src/branch/main', 'team/web'],
    ['https://bitbucket.org/acme/web/src/main/', 'acme/web'],
    ['acme/web', 'acme/web'],
    ['acme/web.git', 'acme/web'],
    ['acme/web.git.GIT/', 'acme/web'],
    ['acme/web.', 'acme/web'],
    ['acme/web.git.', 'acme/web'],
    ['acme/web/tree/main', 'acme/web'],
    ['acme/web/pull/7', 'acme/web'],
    ['acme/group/web/-/merge_requests/3', 'acme/group/web'],
    ['acme/group/src', 'acme/group/src'],
    ['acme/group/web', 'acme/group/web'],
    ['Acme/Web', 'Acme/Web'],
    ['github.com:acme/web', 'acme/web'],
    ['ssh://git@git.acme.io:22/acme/web', 'acme/web'],
    ['https://raw.githubusercontent.com/acme/web/main/a.ts', 'acme/web'],
  ])('%s is read from %s', (typed, name) => {
    expect(fields.find(({ key }) => key === 'repos')?.schema.parse([unescape(typed)])).toEqual([name]);
    expect(created(`x --repo ${typed}`).repos).toBeDefined();
  });
});

test.each([
  'acme/./web',
  'acme/../acme/web',
  './acme/web',
  'acme/..',
  'acme/web/.',
  'acme%2Fweb',
  'https://github.com/acme/%77eb',
  'acme／web',
  'acme/we\u200Bb',
  'git.acme.io:8443/acme/web',
])('no repository is read from %j', (typed) => {
  expect(fields.find(({ key }) => key === 'repos')?.schema.safeParse([typed]).success).toBe(false);
});

describe('problems', () => {
  test.each([
    ['x --repos a/b', { kind: 'unknown-flag', flag: '--repos', nearest: 'repos', value: 'a/b' }],
    ['x －－repos a/b', { kind: 'unknown-flag', flag: '－－repos', nearest: 'repos', value: 'a/b' }],
    ['x -repo a/b', { kind: 'unknown-flag', flag: '-repo', nearest: 'repos', value: 'a/b' }],
    [
      'x --max-acu-limit 5',
      { kind: 'unknown-flag', flag: '--max-acu-limit', nearest: 'max_acu_limit', value: '5' },
    ],
    [
      'x --max_acu_limit=5',
      { kind: 'unknown-flag', flag: '--max_acu_limit', nearest: 'max_acu_limit', value: '5' },
    ],
    [
      'x --devin-mode fast',
      { kind: 'unknown-flag', flag: '--devin-mode', nearest: 'devin_mode', value: 'fast' },
    ],
    ['x --resumable', { kind: 'unknown-flag', flag: '--resumable', nearest: 'resumable', value: 'false' }],
    ['x --rpeo "a/b"', { kind: 'unknown-flag', flag: '--rpeo', nearest: 'repos', value: 'a/b' }],
    ['x --link hello', { kind: 'bad-value', field: 'session_links', value: 'hello' }],
    ['x --repo all', { kind: 'bad-value', field: 'repos', value: 'all' }],
    [
      'x --repo https://github.com/acme',
      { kind: 'bad-value', field: 'repos', value: 'https://github.com/acme' },
    ],
    ['--list x', { kind: 'unknown-flag', flag: '--list', nearest: null, value: null }],
    ['x --titel a', { kind: 'unknown-flag', flag: '--titel', nearest: 'title', value: 'a' }],
    ['x --no-resum', { kind: 'unknown-flag', flag: '--no-resum', nearest: 'resumable', value: null }],
    ['x --resume', { kind: 'unknown-flag', flag: '--resume', nearest: 'resumable', value: 'false' }],
    ['x --resume=true', { kind: 'unknown-flag', flag: '--resume', nearest: 'resumable', value: 'false' }],
    ['x --resume=no', { kind: 'unknown-flag', flag: '--resume', nearest: 'resumable', value: null }],
    ['x --resume no', { kind: 'unknown-flag', flag: '--resume', nearest: 'resumable', value: null }],
    ['x --no-resum=off', { kind: 'unknown-flag', flag: '--no-resum', nearest: 'resumable', value: 'false' }],
    [
      'x --no-bypass-approval',
      { kind: 'unknown-flag', flag: '--no-bypass-approval', nearest: 'bypass_approval', value: 'false' },
    ],
    ['x --bypass', { kind: 'unknown-flag', flag: '--bypass', nearest: 'bypass_approval', value: null }],
    [
      'x --schema a',
      { kind: 'unknown-flag', flag: '--schema', nearest: 'structured_output_required', value: null },
    ],
    ['x --acu10', { kind: 'unknown-flag', flag: '--acu10', nearest: 'max_acu_limit', value: '10' }],
    ['x --modefast', { kind: 'unknown-flag', flag: '--modefast', nearest: 'devin_mode', value: 'fast' }],
    ['x --cap 10', { kind: 'unknown-flag', flag: '--cap', nearest: 'max_acu_limit', value: '10' }],
    ['x --max-acu 10', { kind: 'unknown-flag', flag: '--max-acu', nearest: 'max_acu_limit', value: '10' }],
    ['x --fast', { kind: 'unknown-flag', flag: '--fast', nearest: 'devin_mode', value: 'fast' }],
    ['--Ultra, x', { kind: 'unknown-flag', flag: '--Ultra', nearest: 'devin_mode', value: 'ultra' }],
    ['x -lite', { kind: 'unknown-flag', flag: '-lite', nearest: 'devin_mode', value: 'lite' }],
    ['x —limit 10', { kind: 'unknown-flag', flag: '—limit', nearest: 'max_acu_limit', value: '10' }],
    ['x —budget=10', { kind: 'unknown-flag', flag: '—budget', nearest: 'max_acu_limit', value: '10' }],
    ['x ーー上限 10', { kind: 'unknown-flag', flag: 'ーー上限', nearest: 'max_acu_limit', value: '10' }],
    ['x -tag ui', { kind: 'unknown-flag', flag: '-tag', nearest: 'tags', value: 'ui' }],
    ['x －acu 10', { kind: 'unknown-flag', flag: '－acu', nearest: 'max_acu_limit', value: '10' }],
    ['x —repos a/b', { kind: 'unknown-flag', flag: '—repos', nearest: 'repos', value: 'a/b' }],
    ['x –rpeo a/b now', { kind: 'unknown-flag', flag: '–rpeo', nearest: 'repos', value: 'a/b' }],
    ['x —mod fast', { kind: 'unknown-flag', flag: '—mod', nearest: 'devin_mode', value: 'fast' }],
    ['x —tags ui', { kind: 'unknown-flag', flag: '—tags', nearest: 'tags', value: 'ui' }],
    [
      'x —playbooks pb-1',
      { kind: 'unknown-flag', flag: '—playbooks', nearest: 'playbook_id', value: 'pb-1' },
    ],
    ['x —secrets s-1', { kind: 'unknown-flag', flag: '—secrets', nearest: 'secret_ids', value: 's-1' }],
    ['x —knowlege n-1', { kind: 'unknown-flag', flag: '—knowlege', nearest: 'knowledge_ids', value: 'n-1' }],
    [
      'x —links devin-1',
      { kind: 'unknown-flag', flag: '—links', nearest: 'session_links', value: 'devin-1' },
    ],
    [
      'x —platfrom windows',
      { kind: 'unknown-flag', flag: '—platfrom', nearest: 'platform', value: 'windows' },
    ],
    ['x —noresume', { kind: 'unknown-flag', flag: '—noresume', nearest: 'resumable', value: null }],
    [
      'x —bypass-approvals',
      { kind: 'unknown-flag', flag: '—bypass-approvals', nearest: 'bypass_approval', value: null },
    ],
    ['x --タグ ui', { kind: 'unknown-flag', flag: '--タグ', nearest: 'tags', value: 'ui' }],
    ['x —fast', { kind: 'unknown-flag', flag: '—fast', nearest: 'devin_mode', value: 'fast' }],
    ['x --repo a/b c/d', { kind: 'spaced-value', nearest: 'repos', value: 'a/b,c/d' }],
    ['--repo a/b and c/d fix it', { kind: 'spaced-value', nearest: 'repos', value: 'a/b,c/d' }],
    ['--repo a/b + c/d fix it', { kind: 'spaced-value', nearest: 'repos', value: 'a/b,c/d' }],
    ['x --repo a/b or c/d', { kind: 'spaced-value', nearest: 'repos', value: 'a/b,c/d' }],
    [
      'x --repo a/b <https://github.com/c/d|github.com/c/d>',
      { kind: 'spaced-value', nearest: 'repos', value: 'a/b,github.com/c/d' },
    ],
    ['x --title The login test', { kind: 'spaced-value', nearest: 'title', value: 'The login test' }],
    ['x --tag a b c', { kind: 'spaced-value', nearest: 'tags', value: 'a,b,c' }],
    ['x --tag a, b and c --acu 5', { kind: 'spaced-value', nearest: 'tags', value: 'a,b,c' }],
    [
      'x --knowledge note-1 note-2',
      { kind: 'spaced-value', nearest: 'knowledge_ids', value: 'note-1,note-2' },
    ],
    [
      'x --attach <https://a.io/x> <https://a.io/y>',
      { kind: 'spaced-value', nearest: 'attachment_urls', value: 'https://a.io/x,https://a.io/y' },
    ],
    ['x --branch=main', { kind: 'unknown-flag', flag: '--branch', nearest: null, value: null }],
    ['x --foo/bar', { kind: 'unknown-flag', flag: '--foo/bar', nearest: null, value: null }],
    ['x --title', { kind: 'missing-value', field: 'title' }],
    ['x --title=', { kind: 'missing-value', field: 'title' }],
    ['x --title= y', { kind: 'missing-value', field: 'title' }],
    ['x --title ""', { kind: 'missing-value', field: 'title' }],
    ['x --title --acu 1', { kind: 'missing-value', field: 'title' }],
    ['x --title —acu 1', { kind: 'missing-value', field: 'title' }],
    ['x --title\nand more', { kind: 'missing-value', field: 'title' }],
    ['x --tag ,', { kind: 'missing-value', field: 'tags' }],
    ['x --acu ten', { kind: 'bad-value', field: 'max_acu_limit', value: 'ten' }],
    ['x --acu 0', { kind: 'bad-value', field: 'max_acu_limit', value: '0' }],
    ['x --acu -5', { kind: 'bad-value', field: 'max_acu_limit', value: '-5' }],
    // More than the database can add up.
    ['x --acu 2147483648', { kind: 'bad-value', field: 'max_acu_limit', value: '2147483648' }],
    ['x --acu 1.5', { kind: 'bad-value', field: 'max_acu_limit', value: '1.5' }],
    ['x --mode turbo', { kind: 'bad-value', field: 'devin_mode', value: 'turbo' }],
    ['x --repo web', { kind: 'bad-value', field: 'repos', value: 'web' }],
    ['x --repo a/b,&lt;web&gt;', { kind: 'bad-value', field: 'repos', value: '<web>' }],
    ['x --playbook "Fix a bug"', { kind: 'bad-value', field: 'playbook_id', value: 'Fix a bug' }],
    ['x --knowledge "Deploy notes"', { kind: 'bad-value', field: 'knowledge_ids', value: 'Deploy notes' }],
    ['x --secret TOKEN=abc', { kind: 'bad-value', field: 'secret_ids', value: 'TOKEN=abc' }],
    ['x --attach report', { kind: 'bad-value', field: 'attachment_urls', value: 'report' }],
    ['x --title "a b', { kind: 'unclosed-quote', field: 'title', value: '"a' }],
    ['x --title a --title b', { kind: 'repeated', field: 'title' }],
    ['x --mode fast !lite', { kind: 'repeated', field: 'devin_mode' }],
    ['x !fast !lite', { kind: 'repeated', field: 'devin_mode' }],
    ['--acu 10', { kind: 'no-task' }],
    ['!fast', { kind: 'no-task' }],
    ['--', { kind: 'no-task' }],
  ])('%s creates nothing', (text, problem) => {
    expect(refused(text).problems).toEqual([problem]);
  });

  test.each(['x', 'defaults me'])("a tag with the app's prefix is refused: %s", (text) => {
    expect(parseCommand(`${text} --tag a,Slack-0199 --tag slack-1`)).toMatchObject({
      draft: { tags: ['a'] },
      problems: [
        { kind: 'bad-value', field: 'tags', value: 'Slack-0199' },
        { kind: 'bad-value', field: 'tags', value: 'slack-1' },
      ],
    });
    expect(created('x --tag slackers,my-slack-1').tags).toEqual(['slackers', 'my-slack-1']);
  });

  test('too many tags are one problem, and one more is allowed if the app adds none', () => {
    const tags = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`).join(',');
    expect(refused(`x --tag ${tags(50)}`).problems).toEqual([
      { kind: 'too-many', field: 'tags', most: 49, given: 50 },
    ]);
    expect(created(`x --tag ${tags(49)}`).tags).toHaveLength(49);
    expect(parseCommand(`x --tag ${tags(50)}`, { ownTag: false }).kind).toBe('create');
    expect(parseCommand(`x --tag ${tags(51)}`, { ownTag: false }).kind).toBe('invalid');
  });

  test('the value of a mistyped option is kept for the form, out of the task', () => {
    expect(refused('fix it --rpeo acme/api --max-acu-limit 5 now').draft).toEqual({
      prompt: 'fix it now',
      repos: ['acme/api'],
      max_acu_limit: 5,
    });
    expect(refused('fix it --max-acu-limit ten').problems).toEqual([
      { kind: 'unknown-flag', flag: '--max-acu-limit', nearest: 'max_acu_limit', value: 'ten' },
      { kind: 'bad-value', field: 'max_acu_limit', value: 'ten' },
    ]);
  });

  test("another program's flag is kept in the task", () => {
    expect(refused('find out why git push --force fails --acu 5').draft).toEqual({
      prompt: 'find out why git push --force fails',
      max_acu_limit: 5,
    });
  });

  test('what a value was probably meant to be is kept for the form, out of the task', () => {
    expect(refused('fix it --repo a/b c/d --title Login test --acu 5').draft).toEqual({
      prompt: 'fix it',
      repos: ['a/b', 'c/d'],
      title: 'Login test',
      max_acu_limit: 5,
    });
  });

  test.each([
    ['--title Login\nfix the test', 'fix the test'],
    ['--title "Login" fix the test', 'fix the test'],
    ['--title Login --acu 5 fix the test', 'fix the test'],
    ['--repo a/b CI/CD is red', 'CI/CD is red'],
    ['--repo a/b src/login.ts is broken', 'src/login.ts is broken'],
    ['--repo a/b and/or the fork need CI', 'and/or the fork need CI'],
    ['fix it --repo a/b https://github.com/a/b/issues/7', 'fix it https://github.com/a/b/issues/7'],
    ['fix it --title "Login" now', 'fix it now'],
    ['fix it --title Login\nand more', 'fix it\nand more'],
    ['--tag a b c fix it', 'b c fix it'],
    ['fix it --tag ui please', 'fix it please'],
    ['fix it --tag ui on main', 'fix it on main'],
    ['fix it --tag ui and add tests', 'fix it and add tests'],
    ['fix it --tag ui. Then add tests', 'fix it Then add tests'],
    ['fix it --tag ui in acme/web (see #12)', 'fix it in acme/web (see #12)'],
    ['fix it --attach https://a.io/x is the log', 'fix it is the log'],
    ['--acu 10 limit the retries', 'limit the retries'],
    ['fix it --acu 10 cap the retries', 'fix it cap the retries'],
  ])('a value ends before the task: %s', (text, prompt) => {
    expect(created(text).prompt).toBe(prompt);
  });

  test.each(['-x', '-la', 'a -m b', 'tar -xzf', '-5', '- item'])('%s is not a mistyped option', (text) => {
    expect(created(`run ${text} here`)).toEqual({ prompt: `run ${text} here` });
  });

  test('all problems are reported at once, and valid values are kept for the form', () => {
    expect(refused('fix it --repo a/b,web --acu ten --mod fast --title T')).toEqual({
      kind: 'invalid',
      problems: [
        { kind: 'unknown-flag', flag: '--mod', nearest: 'devin_mode', value: 'fast' },
        { kind: 'bad-value', field: 'repos', value: 'web' },
        { kind: 'bad-value', field: 'max_acu_limit', value: 'ten' },
      ],
      draft: { prompt: 'fix it', devin_mode: 'fast', repos: ['a/b'], title: 'T' },
      reset: [],
    });
  });
});

describe('the task', () => {
  test.each([
    'fix it — quickly',
    'fix it —quickly, then rest',
    'a pre–release',
    'count i-- and --5 and ---',
    'add a (--acu) flag',
    'document the --acu option',
    'add a --dry-run flag to the CLI',
    'the --title flag is ignored',
    '--title オプションを直して',
    'the "--acu 10" option stays quoted',
    'say “hello --there” twice',
    "don't break the users' page",
    'run `npm test --silent` first',
    '```\ngit commit --amend !fast\n```\nfails',
    'a 5" screen and a 7" one',
    'wow!fast is no mode, nor is !faster',
    'the word `!fast` in "a !lite quote"',
    'list the failing tests',
    'list all the failing tests',
    'stop the server that hangs',
    'status page is down',
    'help me fix x',
    'defaults of the form are wrong',
    'notify dm about the outage',
    'web-messages off by one',
    'steer members towards the docs',
  ])('stays as it is: %s', (text) => {
    expect(created(text)).toEqual({ prompt: text });
  });

  test('keeps its lines and indentation if a flag is removed', () => {
    expect(created('do\n  --acu 1\n    deep').prompt).toBe('do\n    deep');
    expect(created('one\n\n--acu 1\n\ntwo').prompt).toBe('one\n\ntwo');
    expect(created('one --acu 1\n  two').prompt).toBe('one\n  two');
    expect(created('one\n\n--acu 1\n  two').prompt).toBe('one\n\n  two');
    expect(created('one\n--acu 1 two').prompt).toBe('one\ntwo');
    expect(created('--acu 1\n```\n  code  here\n```\nfails').prompt).toBe('```\n  code  here\n```\nfails');
  });

  test('is everything after a --', () => {
    expect(created('fix --acu 1 -- the --weird  !fast flag')).toEqual({
      prompt: 'fix the --weird  !fast flag',
      max_acu_limit: 1,
    });
    expect(created('-- help')).toEqual({ prompt: 'help' });
    const words = 'run npm test -- --watch and fix the failures';
    expect(created(words)).toEqual({ prompt: words });
  });

  test('can contain inch marks and apostrophes', () => {
    expect(created('a 5" wide --acu 1 and 7" tall').prompt).toBe('a 5" wide and 7" tall');
    expect(created("users' and --acu 1 dogs' page").prompt).toBe("users' and dogs' page");
  });

  test('is readable if Slack turned parts into tokens', () => {
    expect(
      created('ask <@U1|ana> in <#C1|ops> about <https://x.io/a?b&amp;c> &amp; R&amp;D --acu 1').prompt,
    ).toBe('ask @ana in #ops about https://x.io/a?b&c & R&D');
  });

  test("loses Devin's mode words, which set the mode", () => {
    expect(created('!fast fix it')).toEqual({ prompt: 'fix it', devin_mode: 'fast' });
    expect(created('fix it ！fast')).toEqual({ prompt: 'fix it', devin_mode: 'fast' });
    expect(created('fix it !Ultra, please')).toEqual({ prompt: 'fix it please', devin_mode: 'ultra' });
    expect(created('fix (it !lite)')).toEqual({ prompt: 'fix (it)', devin_mode: 'lite' });
    expect(created('fix it !fusion --mode FUSION').devin_mode).toBe('fusion');
    expect(created('fix it !normal').devin_mode).toBe('normal');
  });
});

describe('sub-commands', () => {
  const hex = '0123456789abcdef0123456789abcdef';
  const uuid = '01234567-89ab-cdef-0123-456789abcdef';
  test.each([
    ['', { kind: 'open-form' }],
    ['  \n ', { kind: 'open-form' }],
    [' Help ', { kind: 'help', topic: null }],
    ['help admin', { kind: 'help', topic: 'admin' }],
    ['list', { kind: 'list', whose: 'mine', page: 1 }],
    ['sessions', { kind: 'list', whose: 'mine', page: 1 }],
    ['list mine', { kind: 'list', whose: 'mine', page: 1 }],
    ['list 2', { kind: 'list', whose: 'mine', page: 2 }],
    ['list all', { kind: 'list', whose: 'all', page: 1 }],
    ['List all 12', { kind: 'list', whose: 'all', page: 12 }],
    ['status devin-abc123', { kind: 'status', session: 'devin-abc123' }],
    [`stop ${hex}`, { kind: 'stop', session: hex }],
    [`stop <https://app.devin.ai/sessions/${hex}|Fix the test>`, { kind: 'stop', session: hex }],
    [`stop session ${hex} please`, { kind: 'stop', session: hex }],
    [`status of ${hex}`, { kind: 'status', session: hex }],
    [`cancel ${hex}`, { kind: 'stop', session: hex }],
    [
      `say <https://app.devin.ai/sessions/${hex}|a label> add tests`,
      { kind: 'say', session: hex, text: 'add tests' },
    ],
    ['say devin-1 go on --acu 1', { kind: 'say', session: 'devin-1', text: 'go on --acu 1' }],
    ['stop', { kind: 'pick', act: 'stop' }],
    ['Status', { kind: 'pick', act: 'status' }],
    ['say', { kind: 'pick', act: 'say' }],
    ['say : use &lt;b&gt;', { kind: 'pick', act: 'say', text: 'use <b>' }],
    ['notify', { kind: 'show-setting', setting: 'notify' }],
    ['web-messages', { kind: 'show-setting', setting: 'web-messages' }],
    ['status 0123abcd', { kind: 'status', session: '0123abcd' }],
    [`Archive ${uuid}`, { kind: 'archive', session: uuid }],
    ['follow <https://app.devin.ai/sessions/abc1>', { kind: 'follow', session: 'abc1' }],
    [
      'follow https://app.devin.ai/org/acme/sessions/devin-abc1?tab=x',
      { kind: 'follow', session: 'devin-abc1' },
    ],
    [
      'say devin-1 use &lt;b&gt;\n  and go on',
      { kind: 'say', session: 'devin-1', text: 'use <b>\n  and go on' },
    ],
    ['say devin-1 !fast a -- b', { kind: 'say', session: 'devin-1', text: '!fast a -- b' }],
    ['link <@U12|ana> email|1a2b', { kind: 'link', slackUserId: 'U12', devinUserId: 'email|1a2b' }],
    [
      'link <@U12|ana> <mailto:ana@acme.example|ana@acme.example>',
      { kind: 'link', slackUserId: 'U12', devinUserId: 'ana@acme.example' },
    ],
    [
      'link <@W12|ana> ana@acme.example',
      { kind: 'link', slackUserId: 'W12', devinUserId: 'ana@acme.example' },
    ],
    ['link <@W12> user-12', { kind: 'link', slackUserId: 'W12', devinUserId: 'user-12' }],
    ['link <@U12|ana> None', { kind: 'link', slackUserId: 'U12', devinUserId: null }],
    ['unlink <@U12|ana>', { kind: 'link', slackUserId: 'U12', devinUserId: null }],
    ['defaults', { kind: 'defaults' }],
    ['Defaults channel', { kind: 'defaults' }],
    ['defaults me clear', { kind: 'clear-defaults', scope: 'person' }],
    ['defaults clear', { kind: 'clear-defaults', scope: 'person' }],
    ['defaults workspace clear', { kind: 'clear-defaults', scope: 'workspace' }],
    [
      'defaults channel --acu 5',
      { kind: 'set-defaults', scope: 'channel', draft: { max_acu_limit: 5 }, problems: [], reset: [] },
    ],
    [
      '!fast defaults me',
      { kind: 'set-defaults', scope: 'person', draft: { devin_mode: 'fast' }, problems: [], reset: [] },
    ],
    [
      'defaults --tag a',
      { kind: 'set-defaults', scope: 'person', draft: { tags: ['a'] }, problems: [], reset: [] },
    ],
    [
      'defaults me --acu none',
      {
        kind: 'set-defaults',
        scope: 'person',
        draft: {},
        problems: [{ kind: 'bad-value', field: 'max_acu_limit', value: 'none' }],
        reset: [],
      },
    ],
    [
      'defaults me --acu default --repo a/b',
      {
        kind: 'set-defaults',
        scope: 'person',
        draft: { repos: ['a/b'] },
        problems: [],
        reset: ['max_acu_limit'],
      },
    ],
    ['notify DM', { kind: 'notify', where: 'dm' }],
    ['notify card devin-1', { kind: 'notify-session', where: 'card', session: 'devin-1' }],
    [
      'notify dm <https://app.devin.ai/sessions/0a1b>',
      { kind: 'notify-session', where: 'dm', session: '0a1b' },
    ],
    ['usage ALL --since 7d', { kind: 'usage', scope: 'workspace', by: 'mode', days: 7 }],
    ['web-messages off', { kind: 'web-messages', shown: false, scope: 'channel' }],
    ['web-messages workspace ON', { kind: 'web-messages', shown: true, scope: 'workspace' }],
    ['steer requester', { kind: 'steer', who: 'requester', scope: 'channel' }],
    ['steer workspace members', { kind: 'steer', who: 'members', scope: 'workspace' }],
    ['ｈｅｌｐ', { kind: 'help', topic: null }],
    ['ヘルプ', { kind: 'help', topic: null }],
    ['使い方', { kind: 'help', topic: null }],
    ['セッション一覧', { kind: 'list', whose: 'mine', page: 1 }],
    ['一覧 2', { kind: 'list', whose: 'mine', page: 2 }],
    ['ステータス', { kind: 'pick', act: 'status' }],
    ['理由', { kind: 'why', draft: {}, reset: [], problems: [] }],
    ['私は誰', { kind: 'whoami', again: false }],
    ['利用状況', { kind: 'usage', scope: 'me', by: 'repo', days: 30 }],
    ['フォロー devin-1', { kind: 'follow', session: 'devin-1' }],
    ['停止　devin-1', { kind: 'stop', session: 'devin-1' }],
    ['アーカイブ', { kind: 'pick', act: 'archive' }],
    ['設定', { kind: 'defaults' }],
    ['通知 dm', { kind: 'notify', where: 'dm' }],
    ['言語 ja', { kind: 'language', choice: 'ja' }],
  ])('%s is one', (text, intent) => {
    expect(parseCommand(text)).toEqual(intent);
  });

  test.each([
    ['stop 0123', 'stop', 'stop'],
    ['status page', 'status', 'status'],
    ['follow redirects', 'follow', null],
    ['Archive logs', 'archive', 'archive'],
    ['notify everybody', 'notify', 'notify'],
    ['steer clear', 'steer', 'steer'],
    ['list failures', 'list', 'list'],
    ['list 0', 'list', 'list'],
    ['help --acu 1', 'help', 'help'],
    ['!fast list', 'list', 'list'],
    ['hlep', 'help', 'help'],
    ['stats', 'status', 'status'],
    ['stpo the server', 'stop', 'stop'],
    ['say hello to devin-1', 'say', 'say devin-1 hello'],
    ['say devin-1', 'say', null],
    ['follow', 'follow', null],
    ['stop devin-1 --acu 1', 'stop', 'stop devin-1'],
    ['stop devin-1 or devin-2', 'stop', 'stop devin-1'],
    ['please stop devin-1', 'stop', 'stop devin-1'],
    ['sotp <https://app.devin.ai/sessions/0a1b|Fix it>', 'stop', 'stop devin-0a1b'],
    ['<https://app.devin.ai/sessions/0a1b>', 'status', 'status devin-0a1b'],
    ['<https://app.devin.ai/sessions/0a1b> add tests', 'say', 'say devin-0a1b add tests'],
    ['tell <https://app.devin.ai/sessions/0a1b> to add tests', 'say', 'say devin-0a1b to add tests'],
    ['what about <https://app.devin.ai/sessions/0a1b>', 'status', 'status devin-0a1b'],
    ['continue devin-1', 'say', null],
    ['show devin-1', 'status', 'status devin-1'],
    ['sleep devin-1', 'status', 'status devin-1'],
    ['reply devin-1 add tests', 'say', 'say devin-1 add tests'],
    [
      'ask <https://app.devin.ai/sessions/0a1b|Fix it> to add tests, too',
      'say',
      'say devin-0a1b to add tests, too',
    ],
    ['cancel my last session', 'stop', 'stop'],
    ['Archive all finished sessions, please', 'archive', 'archive'],
    ['show my sessions', 'list', 'list'],
    ['my sessions?', 'list', 'list'],
    ['refactor', null, null],
    ['Thank you!', null, null],
    ['ありがとうございます', null, null],
    ['ok great --acu 5', null, null],
    ['please help', 'help', 'help'],
    ['never mind', null, null],
    ['Sorry, wrong channel!', null, null],
    ['no thank you', null, null],
    ['go ahead', null, null],
    ['Try again!', null, null],
    ['続けてください', null, null],
    ['kill it', 'stop', 'stop'],
    ['end session', 'stop', 'stop'],
    ['please delete all my sessions', 'archive', 'archive'],
    ["how's it going?", 'list', 'list'],
    ['show me my sessions', 'list', 'list'],
    ['停止してください', 'stop', 'stop'],
    ['最後のセッションを止めてください', 'stop', 'stop'],
    ['セッションをキャンセルして', 'stop', 'stop'],
    ['実行中のセッションを見せて', 'list', 'list'],
    ['自分のセッションの状況を教えてください。', 'list', 'list'],
    ['終わりましたか？', 'list', 'list'],
    ['いくら使いましたか？', 'usage', 'usage'],
    ['いくらかかりますか？', 'help', 'help'],
    ['リンク解除', 'unlink', null],
    ['please stop', 'stop', 'stop'],
    ['are you there?', 'help', 'help'],
    ['Start a new session', null, null],
    ['hi, can you help me?', 'help', 'help'],
    ['what can you do?', 'help', 'help'],
    ["what's running?", 'list', 'list'],
    ['how much did I spend?', 'usage', 'usage'],
    ['who am i', 'whoami', 'whoami'],
    ['link <@U12|ana>', 'link', null],
    ['link <@U12|ana> with the account she has in Devin please', 'link', null],
    ['unlink <@U12|ana> email|1a2b', 'unlink', null],
    ['unlink @ana from that other account of hers', 'unlink', null],
    ['why fix the typo', 'why', 'why'],
    ['why fix the typo --mode ultra --repo a/b, c/d', 'why', 'why --mode ultra --repo a/b, c/d'],
    ["why can't I start ultra?", 'why', 'why'],
    ['why was it refused', 'why', 'why'],
    ['set acu 5', 'defaults', 'defaults me --acu 5'],
    ['acu 5 に設定', 'defaults', 'defaults me --acu 5'],
    ['set the ACU cap to 10', 'defaults', 'defaults me --acu 10'],
    ['set the default repo', 'defaults', 'defaults me'],
    ['change the mode', 'defaults', 'defaults me'],
    ['acu=5', 'defaults', 'defaults me --acu 5'],
    ['max 10', 'defaults', 'defaults me --acu 10'],
    ['モードをfastに変更', 'defaults', 'defaults me --mode fast'],
    ['limitを10にして', 'defaults', 'defaults me --acu 10'],
    ['上限20', 'defaults', 'defaults me --acu 20'],
    ['予算を２０に設定して。', 'defaults', 'defaults me --acu 20'],
    ['さっきのやつを止めて', 'stop', 'stop'],
    ['いくらまで使えますか', 'usage', 'usage'],
    ['ACU上限', null, null],
    ['5 acu', 'defaults', 'defaults me --acu 5'],
    ['mode fast', 'defaults', 'defaults me --mode fast'],
    ['use fast mode', 'defaults', 'defaults me --mode fast'],
    ['use ultra', 'defaults', 'defaults me --mode ultra'],
    ['repo acme/web', 'defaults', 'defaults me --repo acme/web'],
    ['repo: <https://github.com/acme/web>', 'defaults', 'defaults me --repo https://github.com/acme/web'],
    ['title "Release 2"', 'defaults', 'defaults me --title "Release 2"'],
    ['settings', 'defaults', 'defaults'],
    ['set defaults', 'defaults', 'defaults'],
    ['show status', 'status', 'status'],
    ['/devin help', 'help', 'help'],
    ['login', null, null],
    ['costs', 'usage', 'usage'],
    ['lang ja', 'language', 'language'],
    ['notifications off', 'notify', 'notify'],
    ['kill devin-1', 'stop', 'stop devin-1'],
    ['please end my session devin-1', 'stop', 'stop devin-1'],
    ['tell Devin to stop', 'stop', 'stop'],
    ['what’s running?', 'list', 'list'],
    ['archvie', 'archive', 'archive'],
    ['usage --since yesterday', null, 'usage'],
    ['list --all', null, 'list all'],
    ['language --ja', null, 'language ja'],
    ['list --verbose', null, 'list'],
    ['stop devin-1 --force', null, 'stop devin-1'],
    ['fix the bug --help', null, 'help'],
    ['-h', 'help', 'help'],
    ['\u3164 \u2800', 'help', 'help'],
    ['defaults me acu 5', 'defaults', 'defaults me --acu 5'],
    ['is anyone there?', 'help', 'help'],
    ["what's up?", 'help', 'help'],
    ['what are you doing?', 'list', 'list'],
    ['wake up', 'say', 'say'],
    ['liat', 'list', 'list'],
    ['hey, can you', 'help', 'help'],
    ['hi there!', 'help', 'help'],
    ['hello Devin', 'help', 'help'],
    ['is this ok?', null, null],
    ['is down again?', null, null],
    ['was slow and is broken', null, null],
    ['undo that', null, null],
    ['resume it', 'say', 'say'],
    ['continue, please', 'say', 'say'],
    ['please archive this', 'archive', 'archive'],
    ['リファクタリング', null, null],
    ['お願いします', null, null],
    ['could you stop this thread now', 'stop', 'stop'],
    ["what's the status of my session?", 'list', 'list'],
    ['how is my session going?', 'list', 'list'],
    ['how much did this cost?', 'usage', 'usage'],
    ['reset my defaults', 'defaults', 'defaults'],
    ['日本語にして', 'language', 'language'],
    ['日本語でお願いします', 'language', 'language'],
    ['japanese, please', 'language', 'language'],
    ['defaults me clear please', 'defaults', 'defaults'],
    ['can you please list my open sessions?', 'list', 'list'],
    ['which sessions are running?', 'list', 'list'],
    ['any sessions?', 'list', 'list'],
    ['is it done yet?', 'list', 'list'],
    ['did you finish?', 'list', 'list'],
    ['any update?', 'list', 'list'],
    ["where's my PR?", 'list', 'list'],
    ['how far are you', 'list', 'list'],
    ['今どうなってる？', 'list', 'list'],
    ['進捗を教えて', 'list', 'list'],
    ['一覧お願いします', 'list', 'list'],
    ['pls stop', 'stop', 'stop'],
    ['how do I stop a session?', 'stop', 'stop'],
    ['what options are there?', 'help', 'help'],
    ['looks good', null, null],
    ['this is a test', null, null],
    ['kill 0123abcd', 'stop', 'stop devin-0123abcd'],
    ['stpo 0123abcd', 'stop', 'stop devin-0123abcd'],
    ['can you list', 'list', 'list'],
    ['could you list it please', 'list', 'list'],
    ['do I have any sessions?', 'list', 'list'],
    ['i want to stop my session', 'stop', 'stop'],
    ['can you cancel my request', 'stop', 'stop'],
    ['I need help with this', 'help', 'help'],
    ['how much have I used?', 'usage', 'usage'],
    ['how much did we spend', 'usage', 'usage'],
    ['what did it cost', 'usage', 'usage'],
    ['how many ACUs did I use', 'usage', 'usage'],
    ['turn off notifications', 'notify', 'notify'],
    ["don't notify me", 'notify', 'notify'],
    ['change language to Japanese', 'language', 'language'],
    ['when will it be done?', 'list', 'list'],
    ['any luck', null, null],
    ['who r u', null, null],
    ['i have a quick question', null, null],
    ['リストを見せて', 'list', 'list'],
    ['どうなった？', 'list', 'list'],
    ['どんな感じですか', 'list', 'list'],
    ['終わりました？', 'list', 'list'],
    ['できましたか', 'list', 'list'],
    ['進捗どうですか', 'list', 'list'],
    ['全部止めて', 'stop', 'stop'],
    ['キャンセルで', 'stop', 'stop'],
    ['取り消して', 'stop', 'stop'],
    ['使い方教えて', 'help', 'help'],
    ['使い方がわからない', 'help', 'help'],
    ['コマンド一覧', 'help', 'help'],
    ['設定を変更して', 'defaults', 'defaults'],
    ['通知を止めてください', 'notify', 'notify'],
    ['通知をオフにしてください', 'notify', 'notify'],
    ['使用量を見たいです', 'usage', 'usage'],
    ['セッションを停止したい', 'stop', 'stop'],
    ['英語にして', 'language', 'language'],
    ['いくらかかった？', 'usage', 'usage'],
    ['質問があります', null, null],
    ['is anything waiting for me?', 'list', 'list'],
    ['what is running right now?', 'list', 'list'],
    ['anything for me?', null, null],
    ['what happened to my session?', 'list', 'list'],
    ["what's the status of the login one?", 'status', 'status'],
    ['any update on the login thing?', 'list', 'list'],
    ['how is the login one going?', 'list', 'list'],
    ['is the login session done?', 'list', 'list'],
    ['who can approve?', 'why', 'why'],
    ['what modes are there?', 'help', 'help'],
    ['how much budget is left', 'usage', 'usage'],
    ['how many ACUs do I have left?', 'usage', 'usage'],
    ['how much have I spent this month?', 'usage', 'usage'],
    ['what did we spend today?', 'usage', 'usage'],
    ['am I connected?', 'whoami', 'whoami'],
    ['connect my account', 'whoami', 'whoami'],
    ['link my account', 'whoami', 'whoami'],
    ['help me stop a session', 'stop', 'stop'],
    ['stop the login one', 'stop', 'stop'],
    ['kill the last one', 'stop', 'stop'],
    ['delete the login session', 'archive', 'archive'],
    ['stop stop stop', 'stop', 'stop'],
    ['tell the login session to use yarn', 'say', 'say : use yarn'],
    ['tell it that R&amp;D needs &lt;b&gt;', 'say', 'say : R&amp;D needs &lt;b&gt;'],
    ['reply to my last session: use yarn', 'say', 'say : use yarn'],
    ['ログインのセッションに返信：yarnを使って', 'say', 'say : yarnを使って'],
    ['resume the login session', 'say', 'say'],
    ['no wait, use acme/api', null, null],
    ['sorry, I meant <https://github.com/acme/api|acme/api>.', null, null],
    ['try again with acme/api', null, null],
    ['always use acme/web by default', 'defaults', 'defaults'],
    ['oops, I actually mean the other repo instead', null, null],
    ['sorry, that was for someone else', null, null],
    ['thank you so much, Devin', null, null],
    ['```\nTypeError: x is undefined\n```', null, null],
    ["why can't I use ultra", 'why', 'why'],
    ['why did you refuse it --acu 5', 'why', 'why --acu 5'],
    ['今何が動いてる？', 'list', 'list'],
    ['承認待ちはありますか', 'list', 'list'],
    ['誰が承認できますか？', 'why', 'why'],
    ['止め方を教えてください', 'help', 'help'],
    ['ログインのセッションを止めて', 'stop', 'stop'],
    ['ログインのセッションの状況を教えて', 'list', 'list'],
    ['セッションを再開してください', 'say', 'say'],
    ['やっぱり acme/api で', null, null],
    ['hello world', null, null],
    ['test test', null, null],
    ["what's the status of the login thing?", 'status', 'status'],
    ["what's the status of the login fix", 'status', 'status'],
    ['how do I change the mode?', 'defaults', 'defaults'],
    ['how do I set a repo', 'defaults', 'defaults'],
    ['delete the old sessions', 'archive', 'archive'],
    ['remove my session', 'archive', 'archive'],
    ["I'd like to stop my session", 'stop', 'stop'],
    ['stop the one about login', 'stop', 'stop'],
    ['kill the login thing', 'stop', 'stop'],
    ['devin-1 please stop', 'stop', 'stop devin-1'],
    ['devin-1を止めて', 'stop', 'stop devin-1'],
    ['how is <https://app.devin.ai/sessions/0a1b> going', 'status', 'status devin-0a1b'],
    ['send a message to my session', 'say', 'say'],
    ['how much do I have left', 'usage', 'usage'],
    ['why does it need approval', 'why', 'why'],
    ['set language to Japanese', 'language', 'language'],
    ['ログインの件どうなった？', 'list', 'list'],
    ['実行中のセッションを全部止めて', 'stop', 'stop'],
    ['古いセッションを削除して', 'archive', 'archive'],
    ['今月いくら使いましたか', 'usage', 'usage'],
    ['なぜ拒否されたの', 'why', 'why'],
    ['通知を切って', 'notify', 'notify'],
    ['言語を日本語にして', 'language', 'language'],
    ['change the login one', 'list', 'list'],
    ['restart the login session --acu 30', null, null],
    ['my sessions --acu 5', null, null],
    ['set my default --repo a/b', 'defaults', 'defaults me --repo a/b'],
    ['defualts channel --acu 5', 'defaults', 'defaults channel --acu 5'],
    ['set --acu 10', null, null],
    ['add secret', null, null],
    ['list repos', 'list', 'list'],
    ['show history', 'list', 'list'],
    ['abort mission', 'stop', 'stop'],
    ['stop working on this', 'stop', 'stop'],
    ['ok, stop', 'stop', 'stop'],
    ["let's stop here", 'stop', 'stop'],
    ['終わりにしてください', 'stop', 'stop'],
    ['are you a bot?', 'help', 'help'],
    ['do I need an account?', 'whoami', 'whoami'],
    ['did you open a PR?', 'list', 'list'],
    ['never mind, fixed it', null, null],
    ['ignore my last message', null, null],
    ['scratch that', null, null],
    ['sorry, wrong window', null, null],
    ['test 1 2 3', null, null],
    ['good morning team', null, null],
    ['new task', null, null],
    ['nice one', null, null],
    ['well done!', null, null],
    ['それは誤爆です', null, null],
    ['先ほどのは無視してください', null, null],
    ['すみません、間違いです', null, null],
    ['いや、待って', null, null],
    ['確認お願いします', null, null],
  ])('%s starts nothing before a question', (text, about, meant) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'ask-first', about, meant });
  });

  test.each<[text: string, kind: string, typed: string, meant: string | null]>([
    ['mute', 'thread-word', 'mute', null],
    ['!unsync', 'thread-word', 'unsync', null],
    ['sleep this session', 'thread-word', 'sleep', null],
    ['please sync', 'thread-word', 'sync', null],
    ['go to sleep', 'thread-word', 'sleep', null],
    ['ミュートして', 'thread-word', 'mute', null],
    ['sleep devin-1', 'thread-word', 'sleep', 'status devin-1'],
    ['acu 10 fix the login test', 'option', '--acu 10', null],
    ['fix the login test, max 10 ACU', 'option', '--acu 10', null],
    ['ログインのテストを直して、最大10ACUで', 'option', '--acu 10', null],
    ['mode fast fix the login test', 'option', '--mode fast', null],
    ['fix the login test in ultra mode', 'option', '--mode ultra', null],
    ['fix the login test repo: acme/web', 'option', '--repo acme/web', null],
    ['repo: acme/web fix the login test', 'option', '--repo acme/web', null],
    ['repo acme/web fix the login test', 'option', '--repo acme/web', null],
    ['fix the login test, mode fast', 'option', '--mode fast', null],
    ['fix it\nRepository: a/b, c/d', 'option', '--repo "a/b, c/d"', null],
    ['fix it, repo=<https://github.com/a/b|a/b>', 'option', '--repo https://github.com/a/b', null],
    ['ログインのテストを直して　リポジトリ：acme/web', 'option', '--repo acme/web', null],
    ['fix it -r acme/web', 'option', '--repo acme/web', null],
    ['fix it--repo acme/web', 'option', '--repo acme/web', null],
    ['ログインのテストを直して－－repo acme/web', 'option', '--repo acme/web', null],
    ['テストを直して――acu 5', 'option', '--acu 5', null],
    ['fix it -m fast', 'option', '--mode fast', null],
    ['fix the login test !fastt', 'option', '--mode fast', null],
    ['！fats ログインのテストを直して', 'option', '--mode fast', null],
    ['fix it -a 5', 'option', '--acu 5', null],
    ['fix the login test, mode: ultra', 'option', '--mode ultra', null],
    ['fix it\nrepo: a/b\nacu: 5', 'option', '--repo a/b --acu 5', null],
    ['in acme/web, cap 10 ACU, fast mode please: fix it', 'option', '--mode fast --acu 10', null],
    ['リポジトリは acme/web で、上限は 10 ACU。直して', 'option', '--repo acme/web --acu 10', null],
    ['ログインを直してください。ACUは10まで', 'option', '--acu 10', null],
    ['モードはfastでログインを直して', 'option', '--mode fast', null],
    ['fix it -- it fails on CI --acu 5', 'option', '--acu 5', null],
    ['fix it -- acu 5', 'option', '--acu 5', null],
    ['fix it (--acu 5)', 'option', '--acu 5', null],
    ['fix it [--repo acme/my_web].', 'option', '--repo acme/my_web', null],
    ['fix it *--acu 5*', 'option', '--acu 5', null],
    ['fix it:--acu 5', 'option', '--acu 5', null],
    ['fix it\n```\nlog\n```--acu 5', 'option', '--acu 5', null],
    ['ログインのテストを直して。--acu 5', 'option', '--acu 5', null],
    ['ログインのテストを直して（－－ａｃｕ　５）', 'option', '--acu 5', null],
    ['ログインのテストを直して、最大１０ＡＣＵ', 'option', '--acu 10', null],
    ['ログインのテストを直して　ＡＣＵ１０', 'option', '--acu 10', null],
    ['fastモードでログインのテストを直して', 'option', '--mode fast', null],
    ['ログインのテストを直して！fast', 'option', '--mode fast', null],
    ...[
      'fix it limit: 10',
      'fix it, limit=10',
      'fix it max 10',
      'fix the login test (max 10)',
      'fix the login test, cap 10. Then ship it',
      'fix the login test, cap it at 10',
      'fix it. Budget: 10 credits',
      'fix the login test with a budget of 10',
      "fix it, don't spend more than 10",
      'fix it — max 10',
      'fix #12 in v2, max 10',
      'fix it acu cap: 10',
      'Limit: 10\nfix the login test',
      'max 10 fix it',
      'ログインのテストを直して　上限：10',
      'ログインのテストを直して、最大１０で',
      'ログインのテストを直して（上限10）',
      '予算は10でログインのテストを直して',
    ].map((text): [string, string, string, null] => [text, 'option', '--acu 10', null]),
    ['fix it - repo acme/web', 'option', '--repo acme/web', null],
    ['--title Login fix the test', 'first-word', '--title Login', null],
    ['--acu 5 --title=Login fix the test', 'first-word', '--title=Login', null],
    ['！fast --title ログイン テストを直して', 'first-word', '--title ログイン', null],
    ['!windows fix the installer', 'option', '--platform windows', null],
    ['!ask how does the login work', 'devin-word', '!ask', null],
  ])('%s starts nothing before a hint: %s %s', (text, kind, typed, meant) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'ask-first', hint: { kind, typed }, meant });
  });

  test('the mark that ends a sentence is no part of the last value of a list', () => {
    expect(created('fix it --tag ui, api. --repo acme/web.')).toEqual({
      prompt: 'fix it',
      tags: ['ui', 'api'],
      repos: ['acme/web'],
    });
  });

  test('the address of a link keeps its last mark, and what follows it does not count', () => {
    const [first, second] = ['https://acme.example/Inc.', 'https://acme.example/why?'];
    expect(created(`fix it --link <${first}|${first}>, <${second}>.`)).toEqual({
      prompt: 'fix it',
      session_links: [first, second],
    });
  });

  test('an option in the words of a task is set for the question about it', () => {
    expect(parseCommand('fix it, max 10 ACU --repo a/b')).toMatchObject({
      kind: 'ask-first',
      draft: { prompt: 'fix it, max 10 ACU', max_acu_limit: 10, repos: ['a/b'] },
    });
    expect(created('fix it, max 0 ACU')).toEqual({ prompt: 'fix it, max 0 ACU' });
  });

  test.each([
    'thank the team in the release notes',
    'fix the login test in repo acme/web',
    'say "fix it --repo acme/web" in the docs',
    'copy the workflow of our repo acme/web to acme/api',
    'run `grep -r src/app` first',
    'fix the link: https://acme.example/a/b is dead',
    'why does the login test fail on CI?',
    "why isn't the cache warm",
    "why can't users log in? --acu 5",
    "why won't the server start",
    'why did we drop Safari? add it back --repo acme/web',
    "why can't I push to main",
    'why is my PR failing CI',
    'what is wrong with the login?',
    'stop sessions from leaking',
    'cancel sessions of removed users',
    'tell me about this repo',
    'update this',
    'use acme/ui components in acme/web',
    'the other test fails, too',
    'end the user session on logout',
    'kill the session that holds the lock',
    'resume the session after a reload',
    'tell the session store to evict expired entries',
    'any update on the account page resets the form',
    'bad request on login',
    'give access to the billing account',
    'answer this question',
    'take this one',
    'do the same for acme/api',
    'tell users when their session expires',
    'reply to review comments on acme/web#412',
    'how is the user session stored',
    'why is everyone logged out',
    'このリポジトリは acme/web のフォークです',
    'what happened to the login page?',
    'pending orders are not shown',
    'connect the form to the API',
    'list the running jobs in the admin page',
    '実行中のジョブを表示する',
    '承認待ちの一覧を作って',
    'ログインのセッションが切れる',
    'ワーカーのスレッドを停止して',
    '管理画面のセッション一覧を表示して',
    'set the timeout of the login test to 5 s',
    'repo cleanup of the old branches',
    'fix the login test repo acme/web',
    'make the title bold',
    'change title to Home',
    'ログインを止めてほしい',
    'mute button is broken',
    'sync the fork',
    'lint the code',
    'modify the readme',
    'allow guest login',
    'image upload broken',
    'setup CI please',
    'static analysis fails',
    'document `--acu 10` and `10 acu`',
    'it used 1.5 acu, find out why',
    'tell devin to stop the server',
    'add !important to the rule',
    'fix it --acu 10 and use at most 10 ACU',
    'start a session for each test',
    'what is running in CI?',
    'is this ok on Windows?',
    'open the settings page',
    'restart the server',
    'test the login page',
    'fix it',
    'do it',
    'kill the zombie processes',
    'end the session when the token expires',
    'try again to reproduce the crash',
    'look into https://github.com/acme/devin-slack/pull/3',
    'do the same as devin-1 in acme/api',
    'revert 4f2a9c1b',
    'cherry-pick 4f2a9c1b to main',
    'fix order 12345678',
    'report for 2024-01-01',
    '2024-01-01 12:00:00 ERROR login failed',
    'show the sessions of a user in the table',
    'is it done by the cron job?',
    'can you list the flaky tests',
    'please work on this',
    'can you follow up on this',
    'check this',
    'help users find the settings page',
    'language picker is broken on mobile',
    '通知を送信する機能を追加して',
    '一覧ページのソートを直して',
    'スリープ処理を削除して',
    '設定画面を直してください',
    'where is my PR template read from?',
    'add an exit code as in devin-1',
    'delete the old tests as in devin-1',
    'stop the server before the sessions of all its other users in the second data center end',
    'ログインのテストを直して',
    'セッション一覧の画面を直して',
    'セッションを停止するボタンを追加して',
    '-- help',
    'x --acu 1',
    'is the login page down?',
    'fix the slow build',
    'change the big thing --acu 100',
    'add notifications',
    'add a history page',
    'clear all secrets',
    'create a bot',
    'rotate secret',
    'no connection',
    '日本語対応して',
    '削除確認を表示して',
    'merge the fixed branches',
    'review the PR of ana',
    'wait for the server before the tests run',
    'no tests run on CI, find out why',
    'message the team once it worked',
    'say "--acu 5" in the docs',
    '（fast）と書いてある箇所を直して',
    '無視リストの確認画面を直して',
    '動き出しが遅い',
    'raise the rate limit to 10',
    'limit: 10 requests per second in the API',
    'add pagination with limit: 10',
    'add pagination with a limit of 10',
    'the query uses limit 10 and is slow',
    'max 10 retries in the client',
    'cap the retries at 10',
    'add a budget of 10 ms to the render loop',
    'enforce limit=10 in the list endpoint',
    'GET /users?limit=10 returns 11 rows',
    '上限：10件のページングを追加して',
    '検索結果の上限を10にして',
    '予算画面を直して',
    'the build failed —tags were not pushed',
    'add a button —repos are listed there',
    'run go test -tags e2e',
    'run git log -limit 5',
    'run `foo` with -cap 5 and -budget=10',
    'set memory limit: 512',
    'limit the number of retries: max 3',
    'fix this log:\nERROR: max 10\nat foo',
    'show the budget: 10',
    'test with budget 10, 20 and 30',
    'give a coupon to users who spend more than 10',
    'the pool has max: 10, raise it to 20',
    'pool { max: 10, min: 2 } leaks connections',
    'add limit 10, offset 20 to the API',
    'make the API accept limit=10',
    'fix the query SELECT * FROM users LIMIT 10',
    'validate the age (min 18, max 99)',
    'truncate titles to 60, max 80',
    'Requirements:\n- limit: 10\n- page size: 20',
    '1. fix login 2. cap 10',
    'スライダーの最小0、最大100',
    'タイトルを変更して',
    'タイトルは「ログイン」です',
    'タイトルをHomeに変更',
    'タグを追加して',
    'titleを直して',
    'run webpack -mode production and fix the warnings',
    'use docker build -tag app and push',
    '通知を送信して',
    'READMEを更新',
    'acme/webを直して',
    '使い方をREADMEに書いて',
    'リンク 切れを直してください',
  ])('%s is a task without a question', (text) => {
    expect(parseCommand(text).kind).toBe('create');
  });
});

test('a command that is longer than a Slack message is refused, and what was typed is kept', () => {
  const typed = 'a'.repeat(40_001);
  expect(refused(typed)).toMatchObject({
    problems: [{ kind: 'too-long', max: 40_000 }],
    draft: { prompt: typed },
  });
});
