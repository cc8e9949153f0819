import type { Text } from '../index.ts';
import { nameBefore } from './joins.ts';

export const modal: Text['modal'] = {
  title: 'Devin セッションを開始',
  submit: '開始',
  save: '保存',
  cancel: 'キャンセル',
  close: '閉じる',
  moreOptions: 'その他のオプション',
  alsoSet: (labels) => `「その他のオプション」でも設定済み: ${labels}`,
  groups: {
    about: 'タイトルとタグ',
    guidance: 'プレイブックとナレッジ',
    access: 'アクセス',
    files: 'ファイルとリンク',
    result: '結果',
    machine: '実行環境',
  },
  context: {
    label: '含めるコンテキスト',
    hint: 'Devin には、指示ではなく背景情報として渡します。ファイルはメッセージと一緒に渡します。',
    picked: (excerpt) => `対象のメッセージ: ${excerpt}`,
    pickedEmpty: '対象は、テキストのないメッセージです。',
    choices: {
      message: 'このメッセージ',
      'until-here': 'このメッセージまでのスレッド',
      thread: 'スレッド全体',
    },
    counting: 'スレッドを読み込んでいます…',
    counted: (choice, counts) => `${choice}（${counts}）`,
    messages: (count) => `メッセージ ${count} 件`,
    files: (count) => `ファイル ${count} 件`,
    without: (counts) => `除外したもの: ${counts}`,
    tooMany: (read, unread) =>
      `スレッドがとても長いため、Devin に渡すのは ${read} 件です（最初のメッセージと、選んだメッセージの前後）。残りの ${unread} 件は含みません。`,
    asFile:
      'スレッドが長いため、タスクには選んだメッセージの前後だけを引用し、すべてのメッセージは添付ファイルに入れます。',
    review: '送信内容を確認',
  },
  threadUnreadable:
    'このアプリが会話に参加していないため、スレッドを読めません。含められるのはこのメッセージだけです。スレッドを含めるには、その会話で `/invite @Devin Sessions` と入力し、このフォームを開き直してください。',
  continued: (label, part) => `${label}（${part}）`,
  secretsLost: (names) =>
    `このセッション専用のシークレットは残っていません。「その他のオプション」でもう一度入力してください。${names.length === 0 ? '' : `対象: ${names.join('、')}`}`,
  continuedHint: '上の入力欄の続きです。',
  tooLong: (label) => `${label}: 値がフォームに収まらないため、末尾は表示されていません。`,
  none: {
    label: (label) => `${label}を渡さない`,
    option: 'Devin には 1 つも渡しません',
    hint: 'すべて渡すには、チェックを入れず、上の一覧を空にしてください。',
  },
  options: {
    normal: 'Normal · 標準',
    fast: 'Fast · 費用 4 倍、速さ 2 倍',
    lite: 'Lite · 小さなタスク向け',
    ultra: 'Ultra · 最も高性能、難しいタスク向け',
    fusion: 'Fusion · 大小のモデルを組み合わせて費用を抑える',
  },
  optionThen: {
    approve: (option) => `${option} · 要承認`,
    refuse: (option) => `${option} · ここでは不可`,
  },
  kinds: {
    list: 'コンマを含む値は、二重引用符で囲みます。',
    secrets:
      '最初の = より後ろは、引用符も含めてすべて値になります。空行と # で始まる行は無視します。入力した内容は画面に表示されます。フォームを開き直すと、再入力が必要です。',
    json: '{ から } までの JSON オブジェクト。',
  },
  sensitive: {
    label: 'これらのシークレットを機密として扱う',
    option: 'Devin は値を表示しません',
  },
  files: {
    label: 'ファイル',
    hint: '1 件 10 MB まで、10 件まで。',
  },
  textFiles: {
    text: {
      label: '指示のファイル',
      hint: 'タスクに追加するテキストファイル。256 KB まで。',
    },
    json: { label: 'スキーマのファイル', hint: '上の入力欄の代わりに使う JSON Schema のファイル。' },
    secrets: {
      label: '.env ファイル',
      hint: 'このセッション専用のシークレットを追加します。値は 65,536 文字まで、改行も使えます。ファイルは、削除するまで Slack に残ります。',
    },
  },
  addSecrets: 'シークレットを 1 つずつ追加',
  secretsKept: (names) => `1 つずつ入力済み: ${names.join('、')}`,
  fileErrors: {
    'too-large': 'ファイルが 256 KB を超えています。',
    'not-text': 'テキストファイル（UTF-8）ではありません。',
    unreadable: 'Slack からファイルを読み取れませんでした。削除して、もう一度アップロードしてください。',
    slow: 'Slack からのファイルの取得に時間がかかりすぎました。もう一度「開始」を押してください。',
    empty: 'ファイルが空です。',
    twice: '入力欄とファイルは、どちらか一方を使ってください。',
    noSecrets: 'ファイルに KEY=VALUE の行がありません。',
    repeatedSecret: '入力欄とファイルに同じキーがあります。どちらか 1 つにしてください。',
  },
  filledIn: (why) => `この値は${why}です。`,
  instructions: 'チームの指示を追加',
  policyCap: (most) => `${most}（ポリシー）`,
  useTyped: (typed) => `「${typed}」を使う`,
  refused: {
    typed: (typed, wanted) => `⚠️ 「${typed}」と入力されています。${wanted}`,
    untyped: (wanted) => `⚠️ 値がないか、はっきりしません。${wanted}`,
    filled: 'ここでは空にできません。指定しない場合は、この項目を除いて依頼し直してください。',
    tick: 'チェックを入れるか、外したままにしてください。',
    said: (words) => `⚠️ Devin に拒否されました: 「${words}」`,
  },
  runsAs: {
    looking: '実行者を確認しています…',
    member: (name) => nameBefore('として実行', name),
  },
  cannotStart: (why) => `まだセッションを開始できません。${why}`,
  identityUnavailable:
    'Devin でのあなたのアカウントを確認できなかったため、まだフォームを表示できません。閉じて、1 分ほどおいてから開き直してください。入力した内容は残ります。続く場合は、アプリの管理者に連絡してください。',
  askedBefore:
    'このフォーム、または同じ内容はすでにここで送信されています。カードを確認してください。新しいセッションは開始していません。別のセッションを開始するには、もう一度送信してください。',
  sentBefore:
    'このフォームは、別の内容ですでに送信されています。カードを確認してください。新しいセッションは開始していません。変更点を Devin に伝えるには、カードのスレッドに返信してください。',
  credential:
    'まだ何も開始していません。認証情報が含まれているようです。「その他のオプション」のシークレットに移すか、このまま開始する場合はもう一度送信してください。',
  optionsInTask:
    'まだ何も開始していません。タスクに書いた --acu 10 などのオプションは、このフォームでは効きません。それぞれの欄で指定するか、このまま開始する場合はもう一度送信してください。',
  notPushed: (title) => `「${title}」が開かない場合は、ボタンをもう一度押してください。`,
  outdated:
    'アプリの以前のバージョンのものか、時間がたちすぎています。入力した内容をコピーして、開き直してください。何も実行していません。',
  errors: {
    takes: (takes) => `指定できる値: ${takes}。`,
    value: (value, takes) => `「${value}」は指定できません。指定できる値: ${takes}。`,
    tooMany: (most, given) => `指定できるのは ${most} 件までです（${given} 件指定されています）。`,
    hidden: (starts) =>
      `ほかの人が書いたトークン、キー、またはパスワード（${starts}）は、ここでは省かれています。代わりのものを入力するか、削除してください。`,
    noneAndValues: 'このチェックを外すか、上の一覧を空にしてください。',
    secrets: {
      'no-equals': (line) => `${line} 行目は KEY=VALUE の形にしてください。`,
      'bad-key': (line) => `${line} 行目: = の前のキーは、スペースなしの 1～256 文字にしてください。`,
      repeated: (line) => `${line} 行目のキーは、上の行と重複しています。どちらか 1 つにしてください。`,
    },
    json: (reason) => `JSON が正しくありません: ${reason}`,
    jsonTooDeep: '括弧の入れ子は 200 段までにしてください。',
    jsonObject: '{ から } までの JSON オブジェクトにしてください。',
    schema: {
      tooLarge: 'JSON Schema は 64 KB、値 2,000 個までにしてください。',
      external: (ref) =>
        `"$ref": "${ref}" は別の文書を指しています。"#/definitions/…" のような、スキーマ内の参照だけを使ってください。`,
      draft: (declared) =>
        `JSON Schema は draft 7 にしてください。このスキーマは ${declared} を宣言しています。`,
      invalid: (at, message) =>
        `JSON Schema（draft 7）として正しくありません: ${at === '' ? 'スキーマ' : at} ${message}`,
    },
  },
};
