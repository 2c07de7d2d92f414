import * as api from "./api.js";
import { Conversation } from "./conversation.js";
import { byId, oncePerFrame } from "./dom.js";
import { closeDrawers, setDrawers } from "./drawer.js";
import { showGroups } from "./groups.js";
import { showHints } from "./hints.js";
import { Home } from "./home.js";
import { Modals } from "./modal.js";
import { setNews, showNews } from "./news.js";
import { toast } from "./notice.js";
import { setPanels, uncover } from "./panels.js";
import { showActing, showConversations } from "./sidebar.js";
import { readStage, setStage, showClock, showLive } from "./stage.js";
import { listen } from "./stream.js";
import { setTheme } from "./theme.js";
import { Wire } from "./wire.js";
import { myChannels, myDirectMessage, setClock, settle, world } from "./workspace.js";

const unread = new Map();
const conversation = new Conversation();
const wire = new Wire();
const home = new Home({ attempt, onTab: () => conversation.head() });
const modals = new Modals({
  submit: async (view, values) => {
    const told = await attempt(() => api.submit(world.me.id, view.id, values));
    return told?.errors ?? told?.delivery?.errors ?? null;
  },
  close: (view) => attempt(() => api.close(world.me.id, view.id)),
  suggest: (view, block, element, text) => api.suggest({ user: world.me.id, view_id: view.id, action_id: element.action_id, text }),
  press: (view, block, element, chosen) =>
    attempt(() => api.press({ user: world.me.id, channel: world.channel.id, view_id: view.id, block_id: block.block_id, action_id: element.action_id, ...chosen })),
});

async function attempt(work) {
  try {
    const told = await work();
    if (told.delivery?.shown_error) toast(told.delivery.shown_error, "bad");
    await readViews();
    return told;
  } catch (error) {
    toast(error.message, "bad");
    return null;
  }
}

async function readViews() {
  const me = world.me;
  const told = await api.readViews(me.id);
  if (me !== world.me) return;
  home.show(told.home);
  modals.show(told.views);
}


const readAgain = oncePerFrame(() => conversation.read());
const myUnread = () => {
  if (!unread.has(world.me.id)) unread.set(world.me.id, new Set());
  return unread.get(world.me.id);
};
const showSidebar = () => {
  document.body.classList.toggle("has-unread", myUnread().size > 0);
  showConversations(myUnread(), (channel) => open(channel));
};

async function open(channel) {
  myUnread().delete(channel.id);
  world.channel = channel;
  uncover();
  closeDrawers();
  showSidebar();
  home.drawTabs();
  await conversation.open(channel);
  await home.enter();
}

// What the line above the message box proposes, where its answer is about the right team.
async function follow({ channel, command }) {
  const there = myChannels().find((one) => one.id === channel);
  if (there && there.id !== world.channel.id) await open(there);
  conversation.rest();
  await conversation.send(command);
}

async function actAs(person) {
  world.me = person;
  // The page's own words stay English; what is said to the person is theirs.
  for (const id of ["messages", "thread-messages", "home"]) byId(id).lang = person.locale;
  localStorage.setItem("acting", person.id);
  showActing(actAs);
  listen(person.id, handlers);
  const here = world.channel && [...myChannels(), myDirectMessage()].find((channel) => channel?.id === world.channel.id);
  const isDirect = world.channel?.kind === "im";
  await open(here ?? (isDirect ? myDirectMessage() : null) ?? myChannels()[0] ?? myDirectMessage());
  await readViews();
}

function noticed({ channel, user }) {
  if (channel === world.channel?.id) readAgain();
  else if (user !== world.me.id) {
    myUnread().add(channel);
    showSidebar();
  }
}

const handlers = {
  message: noticed,
  update: ({ channel }) => channel === world.channel?.id && readAgain(),
  delete: ({ channel }) => channel === world.channel?.id && readAgain(),
  view: () => readViews(),
  request: (row) => wire.add(row),
  topic: ({ channel, topic }) => {
    world.channels.get(channel).topic = topic;
    conversation.showTopic();
  },
  members: ({ channel, members }) => {
    world.channels.get(channel).members = members;
    conversation.showMembers();
  },
  group: ({ group, users }) => {
    world.groups.get(group).users = users;
    showGroups();
    readAgain();
  },
  live: ({ on, news }) => {
    showLive(on);
    if (news) showNews(news);
  },
  clock: ({ now }) => {
    setClock(now);
    showClock();
    readAgain();
  },
  lost: () => document.body.classList.add("lost"),
  found: () => {
    document.body.classList.remove("lost");
    if (world.channel) readAgain();
  },
};

// Outside addresses lead to the real console, which knows nothing of pretend incidents.
function catchLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[target=_blank]");
    if (!link) return;
    event.preventDefault();
    toast(`This would open ${link.href}`);
  });
}

async function begin() {
  setTheme();
  setPanels(() => conversation.closeThread());
  setDrawers();
  setStage((work) => conversation.showing(work));
  setNews(follow, open);
  catchLinks();
  settle(await api.readWorkspace());
  byId("workspace-name").textContent = world.team.name;
  showGroups();
  const remembered = world.people.get(localStorage.getItem("acting"));
  await actAs(remembered ?? [...world.people.values()][0]);
  showHints((text) => conversation.composer.fill(text));
  (await api.readRequests()).requests.forEach((row) => wire.add(row));
  await readStage();
  document.body.classList.add("ready");
}

begin().catch((error) => toast(error.message, "bad"));
