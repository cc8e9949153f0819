import type { Text } from '../index.ts';

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
    hint: '',
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
    hint: '複数のタグはコンマで区切ります。',
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
    takes: 'KEY=VALUE の行',
  },
  session_links: {
    label: '関連するセッション',
    hint: 'Devin セッションへのリンク。複数はコンマで区切ります。',
    takes: 'Devin セッションへのリンクまたは ID',
  },
  attachment_urls: {
    label: 'リンクで添付',
    hint: 'ファイルの URL。複数はコンマで区切ります。',
    takes: 'URL',
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
