import type { Text } from '../index.ts';
import { nameBefore } from './card.ts';

export const modal: Text['modal'] = {
  title: 'Devin セッションを開始',
  submit: '開始',
  save: '保存',
  close: '閉じる',
  addOptions: 'オプションを追加…',
  review: 'Devin に渡す内容',
  groups: {
    about: 'タイトルとタグ',
    guidance: 'プレイブックとナレッジ',
    access: 'アクセス',
    files: 'ファイルとリンク',
    result: '結果',
    machine: '実行環境',
  },
  context: {
    label: '背景情報',
    picked: (excerpt) => `対象のメッセージ: ${excerpt}`,
  },
  secretsLost: (names) =>
    `このセッション専用のシークレットは残っていません。もう一度入力してください。対象: ${names.join('、')}`,
  kept: (characters) =>
    `現在の値（${characters.toLocaleString('ja')} 文字）をそのまま使います。ここに入力すると置き換わります。`,
  options: {
    normal: 'Normal · 標準',
    fast: 'Fast · 費用 4 倍、速さ 2 倍',
    lite: 'Lite · 費用を抑え、小さなタスク向け',
    ultra: 'Ultra · 費用は高め、難しいタスク向け',
    fusion: 'Fusion · 費用を抑え、2 つのモデルを使用',
  },
  optionThen: {
    approve: (option) => `${option} · 要承認`,
    refuse: (option) => `${option} · ここでは不可`,
  },
  files: {
    label: 'ファイル',
    hint: '1 件 10 MB まで、10 件まで。.md はタスクに追加する文、.env はシークレット、schema.json は出力のスキーマになります（各 256 KB まで）。その他は添付します。',
  },
  fileErrors: {
    unreadable:
      '読み取れませんでした。空でない、256 KB までのテキストファイル（UTF-8）をアップロードしてください。',
    twice: 'スキーマは、入力欄かファイル 1 つのどちらか一方で指定してください。',
  },
  filledIn: (why) => `この値は${why}です。`,
  instructions: 'チームの指示を追加',
  policyCap: (most) => `${most}（ポリシー）`,
  useTyped: (typed) => `「${typed}」を使う`,
  refused: {
    leaveEmpty: '指定しない場合は、もう一度「開始」を押してください。',
    tick: 'チェックを入れるか、外したままにしてください。',
  },
  runsAs: (name) => nameBefore('として実行', name),
  cannotStart: (why) => `まだセッションを開始できません。${why}`,
  askedBefore:
    '1 分ほど前に同じ内容で開始しています。カードを確認してください。新しいセッションは開始していません。別のセッションを開始するには、もう一度「開始」を押してください。',
  sentBefore:
    'このフォームはすでに送信されています。カードを確認してください。新しいセッションは開始していません。変更点を Devin に伝えるには、カードのスレッドに返信してください。',
  credential:
    'まだセッションは開始していません。認証情報が含まれているようです。「アクセス」のシークレットに移すか、このまま開始する場合はもう一度「開始」を押してください。',
  outdated:
    'アプリの以前のバージョンのものか、時間がたちすぎています。入力した内容をコピーして、開き直してください。何も実行していません。',
  errors: {
    takes: (takes) => `指定できる値: ${takes}。`,
    value: (value, takes) => `「${value}」は指定できません。指定できる値: ${takes}。`,
    tooMany: (most, given) => `指定できるのは ${most} 件までです（${given} 件指定されています）。`,
    secretLine: (line) =>
      `${line} 行目は KEY=VALUE の形にしてください。キーはスペースなしの 1～256 文字です。`,
    json: (reason) => `JSON が正しくありません: ${reason}`,
    schemaTooLarge: 'JSON Schema は 64 KB までです。',
  },
};

export const review: Text['review'] = {
  loading: '会話を読み込んでいます…',
  unreadable:
    'このアプリが会話に参加していないため、Devin に渡すのは選んだメッセージだけです。スレッドを含めるには、その会話で `/invite @Devin Sessions` と入力し、フォームを開き直してください。',
  isLong: '長いため、タスクには最初のメッセージと、選んだメッセージの前後だけを引用します。',
  boxes: { label: '含めるもの', hint: '指示ではなく、背景情報として渡します。' },
  kinds: { member: 'メンバー', guest: 'ゲスト', external: '組織外', app: 'アプリ', unknown: '不明' },
  empty: '（テキストなし）',
  cut: 'ここでは省略していますが、Devin にはすべて渡します。',
  file: (author) => `${author} のファイル`,
};

export const fields: Text['fields'] = {
  prompt: {
    label: 'タスク',
    placeholder: 'どうなれば完了かを書いてください。例: ログインのテストが 20 回続けて通る',
    takes: 'テキスト',
  },
  repos: {
    label: 'リポジトリ',
    placeholder: 'Devin がタスクから判断します',
    takes: 'owner/repo（例: acme/web）またはリンク',
  },
  devin_mode: {
    label: 'モード',
    placeholder: '組織のデフォルト',
    takes: 'normal、fast、lite、ultra、fusion のいずれか',
  },
  max_acu_limit: {
    label: 'ACU の上限',
    hint: '使い切るとセッションが停止します。',
    placeholder: '組織の上限',
    takes: '1 から 1,000,000 までの整数',
  },
  title: {
    label: 'タイトル',
    placeholder: 'Devin がタスクから付けます',
    takes: '3,000 文字までのテキスト',
  },
  playbook_id: {
    label: 'プレイブック',
    takes: 'プレイブックの名前または ID',
  },
  tags: {
    label: 'タグ',
    takes: 'slack- で始まらないラベル',
  },
  child_playbook_id: {
    label: '子セッションのプレイブック',
    takes: 'プレイブックの名前または ID',
  },
  knowledge_ids: {
    label: 'ナレッジ',
    placeholder: '組織のナレッジすべて',
    takes: 'ノートの名前または ID',
  },
  secret_ids: {
    label: 'シークレット',
    placeholder: '組織のシークレットすべて',
    takes: 'シークレットの名前または ID（KEY=VALUE はフォームで入力します）',
  },
  session_secrets: {
    label: 'このセッション専用のシークレット',
    hint: 'Devin に渡すまで暗号化して保管し、渡した後はここから消去します。入力した内容は画面に表示されます。',
    placeholder: '1 行に 1 つ、KEY=VALUE の形で',
    takes: 'KEY=VALUE の行（同じキーは 1 回だけ）',
  },
  session_links: {
    label: '関連するセッション',
    takes: 'Devin セッションへのリンクまたは ID',
  },
  attachment_urls: {
    label: 'リンクで添付',
    takes: 'ファイルの URL',
  },
  structured_output_schema: {
    label: '構造化出力（JSON Schema）',
    hint: 'Draft 7、64 KB まで。',
    placeholder: 'なし: 構造化出力を使いません',
    takes: 'JSON Schema',
  },
  structured_output_required: {
    label: '構造化出力を必須にする',
    hint: 'スキーマが必要です。',
    placeholder: 'Devin はターンを終える前に必ず出力します',
    takes: '値なし。構造化出力を任意にします',
  },
  platform: {
    label: 'マシン',
    hint: '例: windows、またはアウトポストプールの名前。',
    placeholder: '組織のデフォルト',
    takes: 'プラットフォームまたはアウトポストプール',
  },
  resumable: {
    label: '再開できるようにする',
    placeholder: 'セッションの停止後もマシンを保持し、後で続けられるようにします',
    takes: '値なし。終了時にマシンを破棄します',
  },
  bypass_approval: {
    label: '子セッションを承認なしで開始',
    placeholder: 'Devin は確認せずに子セッションを開始します',
    takes: '値なし。子セッションを承認なしで開始します',
  },
};

export const details: Text['details'] = {
  title: 'セッションの詳細',
  headings: { asked: '依頼内容', support: 'サポート用にコピー' },
  instructions: '常に追加される指示',
  why: {
    workspace: 'ワークスペースのデフォルト',
    channel: 'チャンネルのデフォルト',
    person: '個人のデフォルト',
    policy: 'ポリシーによる設定',
  },
  withWhy: (label, why) => `${label}（${why}）`,
  none: 'なし',
  yes: 'はい',
  no: 'いいえ',
  cut: '（省略）',
};
