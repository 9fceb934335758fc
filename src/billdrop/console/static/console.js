// Numbers and times in the reader's way, live values, and what buttons of every page do.
const MONEY = new Map();

function money(text) {
  // The exact digits of the text, grouped as the reader's locale groups: never through a float.
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!found) return text;
  if (!MONEY.size) {
    const parts = new Intl.NumberFormat(undefined, { useGrouping: true }).formatToParts(-1234567.5);
    for (const part of parts) MONEY.set(part.type, part.value);
  }
  const whole = new Intl.NumberFormat().format(BigInt(found[2]));
  const sign = found[1] ? (MONEY.get("minusSign") ?? "-") : "";
  return sign + whole + (found[3] ? (MONEY.get("decimal") ?? ".") + found[3] : "");
}

function dress(root) {
  for (const each of root.querySelectorAll("data.money, data.count")) each.textContent = money(each.value);
  for (const each of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(each.dateTime);
    if (!Number.isNaN(moment.valueOf())) each.textContent = moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
  }
}

function time(text) {
  // An instant in the reader's way and zone, as every page writes it.
  const made = document.createElement("time");
  const exact = text.replace("+00:00", "Z");
  made.dateTime = made.title = exact;
  made.textContent = exact;
  return made;
}

function within(value, path) {
  return path.split(".").reduce((held, name) => (held == null ? held : held[name]), value);
}

function age(seconds) {
  if (seconds == null) return "none";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function shown(value, as) {
  if (as === "age") return age(value);
  if (value == null) return "–";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return value.toLocaleString();
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return value.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function live(state) {
  for (const each of document.querySelectorAll("[data-live]")) {
    const text = shown(within(state, each.dataset.live), each.dataset.as);
    if (each.textContent !== text) {
      each.textContent = text;
      each.closest(".step")?.classList.add("flows");
    }
  }
  const trouble = document.getElementById("trouble");
  if (trouble) trouble.hidden = !state.trouble;
  latest(state.latest ?? []);
  workers(state.workers ?? []);
  refreshed(state);
  document.dispatchEvent(new CustomEvent("billdrop:state", { detail: state }));
  setTimeout(() => document.querySelectorAll(".flows").forEach((each) => each.classList.remove("flows")), 700);
}

let known = null;
let due = null;

function refreshed(state) {
  // What is shown of the books is asked for again when they have changed, with the same address.
  const shown = JSON.stringify([state.states, state.unpublished]);
  const changed = known !== null && known !== shown;
  known = shown;
  if (!changed || !document.querySelector("[data-refresh]")) return;
  clearTimeout(due);
  due = setTimeout(refresh, 400);
}

function polled() {
  // A job is watched until its page says that it has ended.
  const each = document.querySelector("[data-poll]");
  if (each) setTimeout(async () => { await refresh(); polled(); }, Number(each.dataset.poll));
}

async function refresh() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const each of document.querySelectorAll("[data-refresh]")) {
      const other = page.getElementById(each.id);
      if (!other || each.contains(document.activeElement)) continue;
      if (!other.dataset.poll) delete each.dataset.poll;
      each.replaceChildren(...[...other.childNodes].map((node) => document.importNode(node, true)));
      dress(each);
      each.dispatchEvent(new CustomEvent("billdrop:refreshed", { bubbles: true }));
    }
  } catch {
    // The stream says when the connection is gone.
  }
}

function cell(row, content, kind) {
  const made = document.createElement("td");
  if (kind) made.className = kind;
  made.append(content);
  row.append(made);
}

function latest(documents) {
  const body = document.querySelector("#latest tbody");
  if (!body || !documents.length) return;
  body.replaceChildren(...documents.map((one) => {
    const row = document.createElement("tr");
    const link = document.createElement("a");
    link.href = `/console/document?id=${encodeURIComponent(one.document_id)}`;
    link.textContent = one.key;
    const state = document.createElement("span");
    state.className = `state ${one.state}`;
    state.textContent = one.state;
    cell(row, link);
    cell(row, one.customer);
    const both = document.createElement("span");
    both.append(state, one.code ? ` ${one.code}` : "");
    cell(row, both);
    cell(row, one.invoices.toLocaleString(), "figure");
    cell(row, one.milliseconds.toFixed(1), "figure");
    return row;
  }));
}

function workers(many) {
  const body = document.querySelector("#workers-list tbody");
  if (!body) return;
  body.replaceChildren(...many.map((one) => {
    const row = document.createElement("tr");
    cell(row, one.name);
    cell(row, time(one.since));
    cell(row, one.documents.toLocaleString(), "figure");
    cell(row, shown(one.rate), "figure");
    cell(row, one.under_way.toLocaleString(), "figure");
    cell(row, `${shown(one.p50)}, ${shown(one.p99)}`, "figure");
    cell(row, one.trouble || time(one.at), one.trouble ? "error" : "");
    return row;
  }));
  dress(body);
}

function listen() {
  const told = document.getElementById("connection");
  const stream = new EventSource("/console/live");
  stream.onmessage = (event) => { told.hidden = true; live(JSON.parse(event.data)); };
  stream.onopen = () => { told.hidden = true; };
  stream.onerror = () => {
    told.hidden = false;
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
  addEventListener("pagehide", () => stream.close(), { once: true });
}

async function copied(button) {
  const source = document.getElementById(button.dataset.copy);
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    source.closest("details")?.setAttribute("open", "");
    getSelection().selectAllChildren(source);
    button.textContent = "Selected; copy it with the keyboard";
  }
  setTimeout(() => { button.textContent = before; }, 2500);
}

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) copied(copy);
});

document.addEventListener("billdrop:shown", (event) => dress(event.target));
dress(document);
if (document.querySelector("[data-live], [data-refresh]")) listen();
polled();

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-show]");
  if (!chosen) return;
  document.querySelectorAll("mark.chosen").forEach((each) => each.classList.remove("chosen"));
  const mark = [...document.querySelectorAll("mark[data-path]")].find((each) => each.dataset.path.split(" ").includes(chosen.dataset.show));
  mark?.classList.add("chosen");
  mark?.scrollIntoView({ block: "center" });
});
