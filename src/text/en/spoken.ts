import type { Spoken } from '../spoken.ts';

/** Before these, a verb asks the app: `is the login test flaky`. */
const SUBJECT = '(?:the|there|this|that|it|my|our|any) ';
const A_SESSION = String.raw`(?:the|my|our|this|that|all|old)(?:\s+[^\s:]+){0,3}?\s+(?:sessions?|ones?|things?)(?:\s+(?:about|for)(?:\s+[^\s:]+){1,4}$)?`;

export const spoken: Spoken = {
  greetings: `
    hi, hello, hey, hiya, howdy, yo, hi there, hello there, hey there, good morning, good afternoon,
    good evening`,
  polite: `
    please, pls, plz, now, right now, immediately, for now, here, yet, already, ok, okay, just, lets,
    can you, could you, would you, will you, can i, you can, we can, let me, i want to, i would like to,
    id like to, tell devin to, tell it to, ask devin to, ask it to, make it`,
  objects: 'it, this, that, all, everything, the, my, last, current, thread',
  names: { list: 'sessions', stop: 'cancel' },
  commands: {
    help: `
      h, v, version, command, commands, option, options, modes, what options are there, what commands are there,
      help me, who are you, what are you, what is this, whats this, what can this do, what can you do,
      what can you do for me, what else can you do, what can i do, what do you do, what is an acu,
      are you a bot, are you human, who made you, are you there, you there, is anyone there, anyone there, whats up, are you up, how are you,
      how much does it cost, how much does this cost, how does this work, how does it work, how do you work,
      how does devin work, how does this app work, how does this bot work, how to use, how to start,
      how do i use, how do i start, how can i use`,
    list: `
      session, ls, running, pending, waiting, active, needs, going, doing, working, happened, updates,
      news, progress, eta, done, ready, finished, stuck, any update, an update, did it finish, did you finish,
      what are you doing, what are you working on, how far, how long will it take, how long does it take,
      history, did it work, did you open a pr, where is my pr, wheres my pr, where is the pr, wheres the pr, where is my pull request,
      wheres my pull request`,
    status: 'status update',
    why: `
      refuse, refused, reject, rejected, denied, approver, approvers, approves, approval, approvals,
      who can approve`,
    whoami: `
      connect, connected, logged, linked, who am i, who do you think i am, log in, log me in, log out, sign in,
      sign me in, signed in, my account, do i have access, do i need access, do i need an account, link me, link account, link my account, link my devin account,
      my devin user, do session run as`,
    usage: `
      acu, acus, billing, budget, budgets, cost, costs, credits, limits, quota, expensive, spend, spending,
      spent, used, how much, my limit, how many acu, how many acus, how many credits`,
    say: `
      continue, resume, unpause, wake, wake up, wake it up, answer session, message session, reply, reply to,
      tell session, write to session, send a message, send a message to`,
    stop: `
      stop working on, no stop, wait stop, kill, end, abort, abort mission, halt, terminate, close, exit, quit, shut down,
      shut it down`,
    archive: `
      delete, remove session, remove sessions, clean up session, clean up sessions, get rid of session,
      hide session`,
    defaults: `
      default, config, preferences, prefs, setting, settings, setup, change mode, change the mode,
      change my mode, set mode, set the mode, set a mode, change repo, change the repo, change my repo,
      set repo, set the repo, set a repo, default repo, change the cap, set the cap, set a cap`,
    notify: `
      notification, notifications, notifying, dm, dms, mute notifications, disable notifications,
      send notifications, send me dms`,
    language: 'switch language, lang, japanese, english, ja, en',
  },
  namedSession: [
    new RegExp(
      `\\b${A_SESSION}\\b|(?<=\\b(?:status|updates?|news|progress) )(?:of|on|about|for|with)(?: [^ ]+){1,3}$`,
    ),
    'session',
  ],
  message: new RegExp(
    `^(?:please\\s+)?(?:tell|ask|message|answer|reply\\s+to|say\\s+to|(?:send\\s+a\\s+message|send\\s+this|write)\\s+to)\\s+(?:it|${A_SESSION})(?:\\s*[:,]|\\s+(?:to|that)\\b)\\s*(?<message>\\S[^]*)`,
    'i',
  ),
  around: `
    account, allowed, change, clear, do, edit, get, gimme, give, left, longer, month, other, repo, reset, see,
    send, sending, set, speak, started, switch, talk, tell, today, turn, user, view, week, yesterday, do i,
    do we, do you, last 7 days, last 30 days`,
  empty: `
    a, an, these, those, its, i, im, me, we, us, our, you, your, he, she, they, them, there, here, is, are, was,
    were, be, been, am, does, did, has, have, had, can, could, will, would, should, may, might, must, what,
    whats, who, whos, how, hows, why, when, where, wheres, which, to, of, for, on, in, at, up, out, off, with,
    from, and, or, but, so, if, not, morning, evening, yes, yep, no, nope, sure, sorry, again, back, just,
    still, more, over, new, help, need, want, start, create, open, begin, run, go, ahead, keep, carry, continue,
    pause, restart, retry, try, undo, forget, ignore, never, nevermind, nvm, mind, wait, hold, minute, sec,
    second, wrong, chat, channel, approve, approved, happening, request, any, anything, someone, somebody, else,
    luck, much, right, by, always, actually, instead, meant, mean, oops, many, u, r, wat, question, ask,
    something, quick, long, dont, got, thing, show, cant, isnt, wasnt, doesnt, down, broken, slow, old, rock,
    bye, testing, use, you rock, looks good, looks good to me, sounds good, will do, no problem, no worries,
    my bad, let me check, this is a test,
    just testing, good night, see you, do it again, dont do it, do not start, do not do it, yes please do,
    other repo, run it, redo, one sec, start session, start a session, start a new session, new session,
    create session, create a session, open a session, merged, fixed, worked, works, found, the fix,
    quick fix, the pr, it failed, did it fail, myself, ill check, ill look, ill take a look, ill review,
    ill test, ill do, ill merge, will check, will look, will review, will test, will merge, take it from here,
    be right back, get back to you, think about it, let me know, ping me, did it, did you do, forget about it,
    what i said, message me, messaging me, sending me messages, leave me alone, unsubscribe, scratch that,
    disregard, my message, last message, wrong window, wrong tab, so far, hear me, see me, see this, see it,
    get my message, see my message, looks great, do something, ill, asleep, tomorrow, later, soon, a nice day, a good day, a good one,
    nice one, well done, good morning team, hi team, hello team, hey team, hi folks, hey folks, good bot, same,
    new task, a task, add secret, add secrets, a test message, test message, test post, testing 123, test 1 2 3, one two three`,
  thanks: `
    thanks, thank, thx, thnx, thanx, tks, ty, tysm, cheers, kudos, lgtm, great, nice, perfect, awesome, amazing, brilliant,
    excellent, fantastic, wonderful, super, sweet, wow, cool, good, well done, good to know, love it, appreciate it,
    i appreciate it, much appreciated, ok, okay, k, kk, alright, all right, got it, got that, gotcha, understood, noted, roger,
    acknowledged, ack, copy that, i see, makes sense, no worries, no problem, np, youre welcome, will do, will check,
    will review, will take a look, ill check, ill review, ill take a look, ill have a look, no thanks, thanks again,
    thank you again, great work, good work, nice work, awesome work, amazing work, great help`,
  besideThanks: `
    you, u, your, so, much, many, very, big, a, lot, million, all, it, that, thats, it is, that is, this is, was, works, worked,
    looks, sounds, to me, perfectly, job, stuff, for the help, for your help, for all the help, for helping, for the fix,
    for fixing, the fix, for the update, for letting me know, for the work, for your work, for, the,
    ah, oh, bye, bot, everyone, everybody, team, folks, tomorrow, later, soon`,
  inThread: {
    mute: 'mute',
    unmute: 'unmute',
    unsync: 'unsync',
    sync: 'sync',
    sleep: 'sleep, go to sleep, put it to sleep, put this to sleep, put the session to sleep',
  },
  keywords: {
    mute: 'mute',
    unmute: 'unmute',
    unsync: 'unsync',
    sync: 'sync',
    sleep: 'sleep',
    archive: 'archive',
    stop: 'exit',
    'ask-stop': 'stop',
    help: 'help, help?',
  },
  aboutName: new RegExp(
    `^(?:['’]s\\b|\\s+(?:is|was|has|does|did)(?:n['’]?t)?\\b(?! ${SUBJECT})[^?]*$|\\s+and <@)`,
    'i',
  ),
};
