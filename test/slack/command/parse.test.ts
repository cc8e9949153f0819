import { describe, expect, test } from 'vitest';
import { fields, type SessionDraft } from '../../../src/session/fields.ts';
import { parseCommand } from '../../../src/slack/command/parse.ts';
import { unescape } from '../../../src/slack/views/text.ts';

/** What a task sets. */
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
      'fix the test --title "Login test" --mode fast --repo acme/web --playbook pb-1 --child-playbook pb-2',
      '--knowledge n-1 --secret s-1,s-2 --tag a --tag b --acu 10 --platform windows',
      '--link <https://app.devin.ai/sessions/1> --attach <https://acme.io/a.png>',
      '--no-resume --bypass-approval --schema-optional',
    ].join(' ');
    expect(created(text)).toEqual({
      prompt: 'fix the test',
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
    ['after the task', 'fix the test --acu 10'],
    ['with an equals sign', 'fix the test --acu=10'],
    ['with a capital, as phones write', 'fix the test --Acu 10'],
    ["before a sentence's mark", 'fix the test --acu 10.'],
    ['with a long dash and a hyphen', 'fix the test —-acu 10'],
    ['with the short dash of macOS', '–acu=10 fix the test'],
    ['after a zero-width character, as in copied text', 'fix the test \u200B--acu 10'],
    ['with the wide dashes of a Japanese keyboard', 'fix the test －－acu 10'],
    ['with the long vowels of a Japanese keyboard', 'fix the test ーーacu 10'],
    ['after a non-breaking space', 'fix the test\u00A0--acu\u00A010'],
  ])('are read %s', (_where, text) => {
    expect(created(text)).toEqual({ prompt: 'fix the test', max_acu_limit: 10 });
  });

  test.each([
    ['fix the test --repo a/b,c/d', ['a/b', 'c/d']],
    ['fix the test --repo a/b, c/d', ['a/b', 'c/d']],
    ['fix the test --repo "a/b, c/d"', ['a/b', 'c/d']],
    ['fix the test --repo a/b、c/d，e/f', ['a/b', 'c/d', 'e/f']],
    ['fix the test --repo `acme/web`', ['acme/web']],
    ['fix the test --repo <https://github.com/acme/web|github.com/acme/web>', ['acme/web']],
    ['fix the test --repo <http://acme.io|acme.io>/web,a/b', ['acme.io/web', 'a/b']],
  ])('set a list from %s', (text, repos) => {
    expect(created(text).repos).toEqual(repos);
  });

  test('keep a link in another value as it was typed', () => {
    expect(created('fix the test --title <http://acme.io|acme.io> --tag <http://acme.io|acme.io>')).toEqual({
      prompt: 'fix the test',
      title: 'acme.io',
      tags: ['acme.io'],
    });
    expect(created('fix the test --attach <http://acme.io/a,b.png|acme.io/a,b.png>').attachment_urls).toEqual(
      ['http://acme.io/a,b.png'],
    );
  });

  test.each([
    [`fix the test --title "a b"`, 'a b'],
    [`fix the test --title 'a b'`, 'a b'],
    [`fix the test --title 「a b」`, 'a b'],
    [`fix the test --title＝『a b』`, 'a b'],
    [`fix the test --title 'don't panic'`, "don't panic"],
    [`fix the test --title "say “hi” now"`, 'say “hi” now'],
    [`fix the test --title "a --mode fast"`, 'a --mode fast'],
    [`fix the test --title '90s`, "'90s"],
    [`fix the test --title 「設定」画面の修正`, '「設定」画面の修正'],
    [`fix the test --title "R&amp;D &lt;3"`, 'R&D <3'],
    [`fix the test --title "for <@U1|ana li>"`, 'for @ana li'],
  ])('set a value from %s', (text, title) => {
    expect(created(text)).toEqual({ prompt: 'fix the test', title });
  });

  test('can set a list to none if that means something', () => {
    expect(created('fix the test --secret none --knowledge None --tag a')).toEqual({
      prompt: 'fix the test',
      secret_ids: [],
      knowledge_ids: [],
      tags: ['a'],
    });
    expect(refused('fix the test --secret none,s-1').problems).toEqual([
      { kind: 'bad-value', field: 'secret_ids', value: 'none' },
    ]);
  });

  test('set a switch only to true or false', () => {
    expect(created('--no-resume truly fix the test')).toEqual({
      prompt: 'truly fix the test',
      resumable: false,
    });
    expect(created('test it --no-resume on main').prompt).toBe('test it on main');
    expect(created('fix the test --no-resume "no such file"').prompt).toBe('fix the test "no such file"');
    expect(created('fix the test --no-resume=TRUE').resumable).toBe(false);
    expect(created('fix the test --no-resume=yes').resumable).toBe(false);
    expect(created('fix the test --no-resume=false').resumable).toBe(true);
    expect(refused('fix the test --no-resume=maybe').problems).toEqual([
      { kind: 'bad-value', field: 'resumable', value: 'maybe' },
    ]);
    expect(refused('fix the test --no-resume --no-resume=false').problems).toEqual([
      { kind: 'too-many', field: 'resumable', most: 1, given: 2 },
    ]);
  });
});

test.each([
  ['fix the test --bypass-approval no', 'fix the test', { bypass_approval: false }],
  ['fix the test --bypass-approval いいえ', 'fix the test', { bypass_approval: false }],
  ['add tests --no-resume no mocks please', 'add tests mocks please', { resumable: true }],
])('yes or no after a switch is its value: %s', (text, prompt, options) => {
  expect(created(text)).toEqual({ prompt, ...options });
});

describe('a repository', () => {
  test.each([
    ['https://github.com/acme/web/tree/main/src', 'acme/web'],
    ['<https://github.com/acme/web/pull/7>', 'acme/web'],
    ['<https://github.com/acme/web/issues?q=is%3Aopen#top|github.com/acme/web/issues>', 'acme/web'],
    ['git@github.com:acme/web.git', 'acme/web'],
    ['ssh://git@github.com/acme/web.git', 'acme/web'],
    ['https://gitlab.com/acme/group/web/-/merge_requests/3', 'acme/group/web'],
    ['https://git.acme.io/team/web/src/branch/main', 'team/web'],
    ['acme/web', 'acme/web'],
    ['acme/group/web/-/merge_requests/3', 'acme/group/web'],
    ['ssh://git@git.acme.io:22/acme/web', 'acme/web'],
  ])('%s is read from %s', (typed, name) => {
    expect(fields.find(({ key }) => key === 'repos')?.schema.parse([unescape(typed)])).toEqual([name]);
    expect(created(`fix the test --repo ${typed}`).repos).toBeDefined();
  });
});

test.each([
  'acme/./web',
  './acme/web',
  'acme%2Fweb',
  'acme／web',
  'acme/we\u200Bb',
  'git.acme.io:8443/acme/web',
])('no repository is read from %j', (typed) => {
  expect(fields.find(({ key }) => key === 'repos')?.schema.safeParse([typed]).success).toBe(false);
});

describe('problems', () => {
  test.each([
    ['--repos a/b', '--repo a/b'],
    ['--rpeo "a/b"', '--repo "a/b"'],
    ['—acus 10', '--acu 10'],
    ['--fast', ''],
    ['--no-resum=off', '--no-resume=off'],
  ])('an unknown option stays in the task, and is asked about: %s', (typed, meant) => {
    const prompt = `fix the test ${typed}`;
    expect(parseCommand(prompt)).toEqual({
      kind: 'ask-first',
      doubt: { kind: 'option', typed: [meant === '' ? typed.split(' ')[0] : typed], meant },
      draft: { prompt },
    });
  });

  test.each([
    ['fix the test --link hello', { kind: 'bad-value', field: 'session_links', value: 'hello' }],
    ['fix the test --repo all', { kind: 'bad-value', field: 'repos', value: 'all' }],
    [
      'fix the test --repo https://github.com/acme',
      { kind: 'bad-value', field: 'repos', value: 'https://github.com/acme' },
    ],
    ['fix the test --title', { kind: 'missing-value', field: 'title' }],
    ['fix the test --title ""', { kind: 'missing-value', field: 'title' }],
    ['fix the test --title\nand more', { kind: 'missing-value', field: 'title' }],
    ['fix the test --acu ten', { kind: 'bad-value', field: 'max_acu_limit', value: 'ten' }],
    ['fix the test --acu 0', { kind: 'bad-value', field: 'max_acu_limit', value: '0' }],
    // More than the database can add up.
    ['fix the test --acu 2147483648', { kind: 'bad-value', field: 'max_acu_limit', value: '2147483648' }],
    ['fix the test --repo a/b,&lt;web&gt;', { kind: 'bad-value', field: 'repos', value: '<web>' }],
    ['fix the test --secret TOKEN=abc', { kind: 'bad-value', field: 'secret_ids', value: 'TOKEN=abc' }],
    ['fix the test --title "a b', { kind: 'missing-value', field: 'title' }],
    ['fix the test --acu 1,000', { kind: 'bad-value', field: 'max_acu_limit', value: '1,000' }],
    ['fix the test --title a --title b', { kind: 'too-many', field: 'title', most: 1, given: 2 }],
    ['fix the test --mode fast !lite', { kind: 'too-many', field: 'devin_mode', most: 1, given: 2 }],
    ['--acu 10', { kind: 'no-task' }],
  ])('%s creates nothing', (text, problem) => {
    expect(refused(text).problems).toEqual([problem]);
  });

  test.each(['x', 'defaults me'])("a tag with the app's prefix is refused: %s", (text) => {
    expect(parseCommand(`${text} --tag a,Slack-0199 --tag slack-1`)).toMatchObject({
      problems: [
        { kind: 'bad-value', field: 'tags', value: 'Slack-0199' },
        { kind: 'bad-value', field: 'tags', value: 'slack-1' },
      ],
    });
    expect(created('fix the test --tag slackers,my-slack-1').tags).toEqual(['slackers', 'my-slack-1']);
  });

  test('too many tags are one problem: the app adds one', () => {
    const tags = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`).join(',');
    expect(refused(`fix the test --tag ${tags(50)}`).problems).toEqual([
      { kind: 'too-many', field: 'tags', most: 49, given: 50 },
    ]);
    expect(created(`fix the test --tag ${tags(49)}`).tags).toHaveLength(49);
  });

  test('an unknown option beside a wrong value creates nothing either', () => {
    expect(refused('fix the test --acus 5 --acu ten').problems).toEqual([
      { kind: 'unknown-flag', flag: '--acus 5' },
      { kind: 'bad-value', field: 'max_acu_limit', value: 'ten' },
    ]);
  });

  test.each([
    ['--title Login\nfix the test', 'fix the test'],
    ['--repo a/b CI/CD is red', 'CI/CD is red'],
    ['--repo a/b src/login.ts is broken', 'src/login.ts is broken'],
    [
      'fix the test --repo a/b https://github.com/a/b/issues/7',
      'fix the test https://github.com/a/b/issues/7',
    ],
    ['fix the test --title "Login" now', 'fix the test now'],
    ['fix the test --title Login\nand more', 'fix the test\nand more'],
    ['--tag a b c fix the test', 'b c fix the test'],
    ['fix the test --tag ui. Then add tests', 'fix the test Then add tests'],
    ['fix the test --tag ui in acme/web (see #12)', 'fix the test in acme/web (see #12)'],
    ['--acu 10 limit the retries', 'limit the retries'],
  ])('a value ends before the task: %s', (text, prompt) => {
    expect(created(text).prompt).toBe(prompt);
  });

  test.each(['-x', '-la', 'a -m b', 'tar -xzf', '-5', '- item'])('%s is not a mistyped option', (text) => {
    expect(created(`run ${text} here`)).toEqual({ prompt: `run ${text} here` });
  });

  test('all problems are reported at once, and valid values are kept for the form', () => {
    expect(refused('fix the test --repo a/b,web --acu ten --title T')).toEqual({
      kind: 'invalid',
      problems: [
        { kind: 'bad-value', field: 'repos', value: 'web' },
        { kind: 'bad-value', field: 'max_acu_limit', value: 'ten' },
      ],
      draft: { prompt: 'fix the test', repos: ['a/b'], title: 'T' },
    });
  });
});

describe('the task', () => {
  test.each([
    'fix the test — quickly',
    'fix the test —quickly, then rest',
    'count i-- and --5 and ---',
    'add a (--acu) flag',
    'the "--acu 10" option stays quoted',
    "don't break the users' page",
    'run `npm test --silent` first',
    '```\ngit commit --amend !fast\n```\nfails',
    'the word `!fast` in "a !lite quote"',
    'list all the failing tests',
    'defaults of the form are wrong',
    'follow members towards the docs',
  ])('stays as it is: %s', (text) => {
    expect(created(text)).toEqual({ prompt: text });
  });

  test('keeps its lines and indentation if a flag is removed', () => {
    expect(created('do it\n  --acu 1\n    deep').prompt).toBe('do it\n    deep');
    expect(created('do one\n\n--acu 1\n\ntwo').prompt).toBe('do one\n\ntwo');
    expect(created('do one --acu 1\n  two').prompt).toBe('do one\n  two');
    expect(created('--acu 1\n```\n  code  here\n```\nfails').prompt).toBe('```\n  code  here\n```\nfails');
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
    expect(created('!fast fix the test')).toEqual({ prompt: 'fix the test', devin_mode: 'fast' });
    expect(created('fix the test ！fast')).toEqual({ prompt: 'fix the test', devin_mode: 'fast' });
    expect(created('fix the test !Ultra, please')).toEqual({
      prompt: 'fix the test please',
      devin_mode: 'ultra',
    });
    expect(created('fix the (test !lite)')).toEqual({ prompt: 'fix the (test)', devin_mode: 'lite' });
    expect(created('fix the test !fusion --mode FUSION').devin_mode).toBe('fusion');
    expect(created('fix the test !normal').devin_mode).toBe('normal');
  });
});

describe('sub-commands', () => {
  const hex = '0123456789abcdef0123456789abcdef';
  const uuid = '01234567-89ab-cdef-0123-456789abcdef';
  test.each([
    ['', { kind: 'open-form' }],
    [' Help ', { kind: 'help', withOptions: false }],
    ['list', { kind: 'list', whose: 'mine', page: 1 }],
    ['List all 12', { kind: 'list', whose: 'all', page: 12 }],
    ['status devin-abc123', { kind: 'status', session: 'devin-abc123' }],
    [`stop ${hex}`, { kind: 'stop', session: hex }],
    [`stop <https://app.devin.ai/sessions/${hex}|Fix the test>`, { kind: 'stop', session: hex }],
    [
      `say <https://app.devin.ai/sessions/${hex}|a label> add tests`,
      { kind: 'say', session: hex, text: 'add tests' },
    ],
    ['say devin-1 go on --acu 1', { kind: 'say', session: 'devin-1', text: 'go on --acu 1' }],
    [`stop app.devin.ai/sessions/${hex}`, { kind: 'stop', session: hex }],
    ['stop', { kind: 'pick' }],
    [`Archive ${uuid}`, { kind: 'archive', session: uuid }],
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
    ['link <@U12|ana> None', { kind: 'link', slackUserId: 'U12', devinUserId: null }],
    ['defaults', { kind: 'defaults', scope: 'person', draft: {} }],
    ['Defaults channel', { kind: 'defaults', scope: 'channel', draft: {} }],
    ['defaults workspace clear', { kind: 'clear-defaults', scope: 'workspace' }],
    ['defaults channel --acu 5', { kind: 'defaults', scope: 'channel', draft: { max_acu_limit: 5 } }],
    ['--mode fast 既定値', { kind: 'defaults', scope: 'person', draft: { devin_mode: 'fast' } }],
    ['why --acu 5', { kind: 'why', draft: { max_acu_limit: 5 } }],
    [
      'defaults me --acu none',
      {
        kind: 'misused',
        problems: [{ kind: 'bad-value', field: 'max_acu_limit', value: 'none' }],
      },
    ],
    ['settings', { kind: 'settings' }],
    ['settings me notify DM', { kind: 'set-own', setting: 'notify', chosen: { notify: 'dm' } }],
    ['settings me language slack', { kind: 'set-own', setting: 'language', chosen: { language: 'slack' } }],
    ['usage WORKSPACE --since 7d', { kind: 'usage', scope: 'workspace', by: 'month', days: 7 }],
    ['ヘルプ', { kind: 'help', withOptions: false }],
    ['セッション一覧', { kind: 'list', whose: 'mine', page: 1 }],
    ['停止　devin-1', { kind: 'stop', session: 'devin-1' }],
  ])('%s is one', (text, intent) => {
    expect(parseCommand(text)).toEqual(intent);
  });

  test.each<[text: string, name: string, meant: string | null]>([
    ['stop 0123', 'stop', 'stop'],
    ['follow redirects', 'follow', null],
    ['hlep', 'help', 'help'],
    ['stpo the server', 'stop', 'stop'],
    ['kill it', 'stop', 'stop'],
    ['stop devin-1 --acu 1', 'stop', 'stop devin-1'],
    ['status of the login page in devin-1', 'status', 'status devin-1'],
    ['link <@U12|ana>', 'link', null],
  ])('%s may be a command', (text, name, meant) => {
    expect(parseCommand(text)).toMatchObject({ kind: 'ask-first', doubt: { kind: 'command', name, meant } });
  });

  test.each(['is it broken?', 'as in main', 'who broke it'])(
    '%s is a task: its first word is short',
    (text) => {
      expect(parseCommand(text)).toEqual({ kind: 'create', draft: { prompt: text } });
    },
  );

  test('a slip of a short name before a session asks', () => {
    expect(
      parseCommand('sya https://app.devin.ai/sessions/0123456789abcdef0123456789abcdef use main'),
    ).toMatchObject({
      kind: 'ask-first',
    });
  });

  test.each(['defaults me fix the test --acu 3', 'defaults channel acu 5', 'list mine now please'])(
    '%s is never a task',
    (text) => {
      const problems = [{ kind: 'incomplete', name: text.split(' ')[0] }];
      expect(parseCommand(text)).toEqual({ kind: 'misused', problems });
    },
  );

  test.each<[text: string, meant: string]>([
    ['acu 10 fix the login test', '--acu 10'],
    ['fix the login test, max 10 ACU', '--acu 10'],
    ['ログインのテストを直して、最大10ACUで', '--acu 10'],
    ['fix it\nacu: 5', '--acu 5'],
    ['fix it [--acu 5]', '--acu 5'],
  ])('%s has what looks like an option', (text, meant) => {
    expect(parseCommand(text)).toMatchObject({
      kind: 'ask-first',
      doubt: { kind: 'option', typed: [], meant },
      draft: { prompt: text },
    });
  });

  test.each(['refactor', 'fix it', 'go ahead', 'mute', 'READMEを更新', '直して', 'fix it --acu 10', '?'])(
    '%s is too short to start without a question',
    (text) => {
      expect(parseCommand(text)).toMatchObject({ kind: 'ask-first', doubt: { kind: 'perhaps-talk' } });
    },
  );

  test('the mark that ends a sentence is no part of the last value of a list', () => {
    expect(created('fix the test --tag ui, api. --repo acme/web.')).toEqual({
      prompt: 'fix the test',
      tags: ['ui', 'api'],
      repos: ['acme/web'],
    });
  });

  test('the address of a link keeps its last mark, and what follows it does not count', () => {
    const [first, second] = ['https://acme.example/Inc.', 'https://acme.example/why?'];
    expect(created(`fix the test --link <${first}|${first}>, <${second}>.`)).toEqual({
      prompt: 'fix the test',
      session_links: [first, second],
    });
  });

  test.each([
    'fix the login test in repo: acme/web',
    'say "fix it --repo acme/web" in the docs',
    'document `--acu 10` and `10 acu`',
    'it used 1.5 acu, find out why',
    'fix the test --acu 10 and use at most 10 ACU',
    'run webpack -mode production and fix the warnings',
    'run the tests with -repo acme/web',
    'why does the login test fail on CI?',
    'stop sessions from leaking',
    'list all the failing tests',
    'ログインのテストを直して',
    'แก้การทดสอบการเข้าสู่ระบบ',
  ])('%s is a task without a question', (text) => {
    expect(parseCommand(text).kind).toBe('create');
  });
});
