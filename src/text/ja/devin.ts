import type { Text } from '../index.ts';

export const devin: Text['devin'] = {
  refused: (reason) =>
    reason === null
      ? 'Devin に拒否されましたが、理由は示されませんでした。'
      : `Devin に拒否されました: ${reason}`,
  unauthorized:
    'Devin がこのアプリのキーを受け付けません。アプリの管理者に連絡してください。\nキーが誤っているか、取り消されたか、期限切れです。Devin の Settings > Service users で作成し、DEVIN_API_KEY に設定します。',
  paymentRequired: 'Devin のクレジット不足か、支払いの失敗です。請求担当者に連絡してください。',
  forbidden: (permission) =>
    permission === null
      ? 'このアプリのサービスユーザーに Devin での権限がありません。Devin の管理者に連絡してください。\n不足している権限は示されませんでした。Devin の Settings > Service users でロールを確認します。本人として実行するには ManageOrgSessions と ImpersonateOrgSessions が必要です。'
      : `このアプリのサービスユーザーに Devin の権限 ${permission} がありません。Devin の管理者に連絡してください。\nDevin の Settings > Service users でロールに追加します。`,
  impersonation: [
    '次のどちらかに原因があります。Devin の管理者が両方を確認できます。',
    '• 依頼者: Devin の組織のメンバーで、権限 UseDevinSessions がある',
    '• このアプリのサービスユーザー: 権限 ManageOrgSessions と ImpersonateOrgSessions がある',
  ].join('\n'),
  notFound:
    'Devin で見つからないか、このアプリにアクセス権がありません。\nID またはリンクを確認してください。別の組織のものか、削除された可能性があります。',
  createConflict: '1 分ほどおいて、もう一度お試しください。',
  conflict: (reason) =>
    `${reason === null ? 'セッションの現在の状態では実行できません。' : `Devin に拒否されました: ${reason}\n`}Devin でセッションを開いて状態を確認し、もう一度お試しください。`,
  notNow:
    'Devin が混み合っているか、接続できないため、何も実行していません。1 分ほどおいて、もう一度お試しください。',
  unexpected: (status, reason) =>
    `Devin から予期しない応答がありました${status === null ? '' : `（HTTP ${status}）`}${reason === null ? '。' : `: ${reason}`}\nもう一度お試しください。続く場合は、アプリの管理者に連絡してください。`,
};
