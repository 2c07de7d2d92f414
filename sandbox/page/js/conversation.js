import * as api from "./api.js";
import { Composer } from "./composer.js";
import { byId, h, icon } from "./dom.js";
import { noteTried } from "./hints.js";
import { MessageList } from "./messages.js";
import { toast } from "./notice.js";
import { noteThread } from "./panels.js";
import { phone } from "./phone.js";
import { Scrolling } from "./scrolling.js";
import { notACommand, notInThreads, tell, toldIn } from "./slackbot.js";
import { topicText } from "./topic.js";
import { botName, globalShortcuts, titleOf, world } from "./workspace.js";

/** The middle of the page and the thread beside it: one conversation as one person sees it. */
export class Conversation {
  constructor() {
    this.messages = [];
    this.asked = 0;
    this.shown = 0;
    const press = (message, block, element, chosen) => this.press(message, block, element, chosen);
    const suggest = (message, block, element, text) => api.suggest({ user: world.me.id, channel: message.channel, message_ts: message.ts, action_id: element.action_id, text });
    const choose = (message, shortcut) => this.choose(message, shortcut);
    const remove = (message) => this.remove(message);
    this.list = new MessageList(byId("messages"), { press, suggest, choose, remove, openThread: (message) => this.openThread(message.thread_ts ?? message.ts) });
    this.replies = new MessageList(byId("thread-messages"), { press, suggest, choose, remove });
    this.scrolling = new Scrolling(byId("messages-pane"));
    this.threadScrolling = new Scrolling(byId("thread-pane"));
    const shortcuts = { shortcuts: globalShortcuts, choose: (shortcut) => this.chooseGlobally(shortcut) };
    this.composer = new Composer(byId("composer"), { slash: true, send: (text) => this.send(text), ...shortcuts });
    this.threadComposer = new Composer(byId("thread-composer"), { slash: false, send: (text) => this.send(text, world.thread) });
    byId("thread-close").addEventListener("click", () => this.leaveThread());
  }

  /** Goes to a conversation. */
  async open(channel) {
    world.channel = channel;
    this.closeThread();
    this.scrolling.rest();
    this.list.clear();
    this.head();
    await this.read({ toEnd: true });
    this.rest();
  }

  /** Puts the focus where somebody goes on: on a phone the keyboard would cover what they have come to read. */
  rest() {
    (phone.matches ? byId("messages-pane") : this.composer.box).focus();
  }

  head() {
    const channel = world.channel;
    const title = titleOf(channel);
    byId("channel-name").replaceChildren(channel.kind === "im" ? title : icon("hash"), channel.kind === "im" ? "" : channel.name);
    this.composer.call(`Message ${title}`);
    document.title = `${title} · ${world.team.name}`;
    this.showTopic();
    this.showMembers();
  }

  /** Shows how many are in the channel, as it is now. */
  showMembers() {
    const channel = world.channel;
    byId("channel-members").textContent = channel.kind === "im" || !channel.members ? "" : `${channel.members.length} members`;
  }

  /** Shows what the channel is about, as it is now. */
  showTopic() {
    const text = topicText(world.channel?.topic);
    byId("channel-topic").textContent = text;
    byId("channel-topic").title = text;
  }

  /** Reads the messages again and draws them. */
  async read({ toEnd = false } = {}) {
    const [channel, me] = [world.channel, world.me];
    const turn = (this.asked += 1);
    const told = await api.readMessages(channel.id, me.id);
    // Answers may overtake each other; an older one must not hide what a newer one showed.
    if (channel !== world.channel || me !== world.me || turn < this.shown) return;
    this.shown = turn;
    this.messages = told.messages;
    this.draw();
    if (toEnd) this.scrolling.toEnd();
  }

  draw() {
    const all = [...this.messages, ...toldIn(world.channel.id)].sort((one, other) => Number(one.ts) - Number(other.ts));
    const roots = all.filter((message) => !message.thread_ts || message.thread_ts === message.ts);
    const replies = new Map();
    for (const message of all.filter((one) => one.thread_ts && one.thread_ts !== one.ts)) {
      if (!message.ephemeral) replies.set(message.thread_ts, [...(replies.get(message.thread_ts) ?? []), message]);
    }
    byId("intro").replaceChildren(...introduction(world.channel));
    this.scrolling.around(() => this.list.show(roots, replies));
    if (world.thread) this.drawThread(all);
  }

  drawThread(all) {
    const messages = all.filter((message) => message.ts === world.thread || message.thread_ts === world.thread);
    this.threadScrolling.around(() => this.replies.show(messages));
  }

  openThread(ts) {
    world.thread = ts;
    byId("thread").hidden = false;
    byId("thread-channel").textContent = titleOf(world.channel);
    noteThread(true);
    this.replies.clear();
    this.draw();
    this.threadComposer.call("Reply…");
    this.threadComposer.box.focus();
  }

  closeThread() {
    world.thread = null;
    byId("thread").hidden = true;
    noteThread(false);
  }

  /** Closes the thread and puts the focus back to where it began. */
  leaveThread() {
    const root = byId("messages").querySelector(`article[data-ts="${CSS.escape(world.thread)}"]`);
    this.closeThread();
    (root?.querySelector(".thread-link, .toolbar button") ?? this.composer.box).focus({ preventScroll: true });
  }

  /** Does something on the stage, and goes to the first new message that comes of it, wherever the reader was. */
  async showing(work) {
    this.scrolling.watch();
    try {
      await work();
      await this.read();
    } finally {
      this.scrolling.rest();
    }
  }

  async send(text, thread = null) {
    noteTried(text);
    (thread ? this.threadScrolling : this.scrolling).follow();
    const channel = world.channel.id;
    const command = text.startsWith("/") ? text.split(/\s/, 1)[0] : null;
    const refusal = command && refused(command, thread);
    if (refusal) {
      this.tell(channel, refusal, thread);
      this.draw();
      return;
    }
    await this.attempt(channel, thread, () => api.type({ user: world.me.id, channel, text, ...(thread && { thread_ts: thread }) }));
  }

  tell(channel, text, thread) {
    tell(channel, text, { thread, after: this.messages.at(-1)?.ts });
  }

  press(message, block, element, chosen) {
    return this.attempt(message.channel, message.thread_ts, () =>
      api.press({ user: world.me.id, channel: message.channel, message_ts: message.ts, block_id: block.block_id, action_id: element.action_id, ...chosen }),
    );
  }

  choose(message, shortcut) {
    return this.attempt(message.channel, message.thread_ts, () =>
      api.chooseShortcut({ user: world.me.id, callback_id: shortcut.callback_id, channel: message.channel, message_ts: message.ts }),
    );
  }

  remove(message) {
    return this.attempt(message.channel, message.thread_ts, () => api.deleteMessage({ user: world.me.id, channel: message.channel, message_ts: message.ts }));
  }

  chooseGlobally(shortcut) {
    return this.attempt(world.channel.id, null, () => api.chooseShortcut({ user: world.me.id, callback_id: shortcut.callback_id }));
  }

  // Slack tells the person when an app does not answer; the sandbox says in which words.
  async attempt(channel, thread, work) {
    try {
      const { delivery } = await work();
      if (delivery?.shown_error) this.tell(channel, delivery.shown_error, thread);
    } catch (error) {
      toast(error.message, "bad");
    }
    await this.read();
  }
}

function refused(command, thread) {
  if (!world.commands.some((one) => one.command === command)) return notACommand(command);
  return thread ? notInThreads(command) : null;
}

function introduction(channel) {
  if (channel.kind === "im") {
    return [h("h2", null, botName()), h("p", null, `This is your conversation with ${botName()}. Only the two of you read it; `, h("code", { class: "span" }, "/flashduty"), " works here as well.")];
  }
  return [h("h2", null, icon("hash"), channel.name), h("p", null, channel.topic ? `${topicText(channel.topic)}. ` : "", "This is where the channel begins.")];
}
