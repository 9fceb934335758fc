// Numbers and times in the reader's way, live values, and what buttons of every page do.
const MONEY = new Map();

export function money(text) {
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

export function dress(root) {
  for (const each of root.querySelectorAll("data.money")) each.textContent = money(each.value);
  for (const each of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(each.dateTime);
    if (!Number.isNaN(moment.valueOf())) each.textContent = moment.toLocaleString();
  }
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
  return typeof value === "number" ? value.toLocaleString(undefined, { maximumFractionDigits: 2 }) : String(value);
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
      each.querySelectorAll("svg[data-zoom=yes]").forEach(zoom);
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
    cell(row, new Date(one.since).toLocaleString());
    cell(row, one.documents.toLocaleString(), "figure");
    cell(row, shown(one.rate), "figure");
    cell(row, one.under_way.toLocaleString(), "figure");
    cell(row, `${shown(one.p50)}, ${shown(one.p99)}`, "figure");
    cell(row, one.trouble || new Date(one.at).toLocaleString(), one.trouble ? "error" : "");
    return row;
  }));
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

function zoom(chart) {
  // Drag over days, and the page shows them; the keyboard has the fields above.
  const bars = [...chart.querySelectorAll("rect.bar")];
  let first = null;
  const at = (event) => {
    const box = chart.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / box.width) * bars.length);
    return Math.min(bars.length - 1, Math.max(0, place));
  };
  chart.addEventListener("pointerdown", (event) => { first = at(event); });
  chart.addEventListener("pointerup", (event) => {
    const last = at(event);
    if (first === null || first === last) { first = null; return; }
    event.preventDefault();
    const [one, other] = [Math.min(first, last), Math.max(first, last)];
    const query = new URLSearchParams(location.search);
    query.set("since", bars[one].dataset.group);
    query.set("until", bars[other].dataset.group);
    first = null;
    location.search = query.toString();
  });
  chart.addEventListener("dragstart", (event) => event.preventDefault());
}

async function picture(button) {
  const chart = document.querySelector("svg.bars");
  if (!chart) return;
  const copy = chart.cloneNode(true);
  copy.setAttribute("width", "1200");
  copy.setAttribute("height", "500");
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
  for (const bar of copy.querySelectorAll("rect.bar")) bar.setAttribute("fill", colour);
  const source = new XMLSerializer().serializeToString(copy);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1200, 500];
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, 1200, 500);
  context.drawImage(image, 0, 0, 1200, 500);
  const link = document.createElement("a");
  link.download = "expenses.png";
  link.href = canvas.toDataURL("image/png");
  link.click();
  button.focus();
}

document.addEventListener("click", async (event) => {
  const copied = event.target.closest("[data-copy]");
  if (copied) {
    await navigator.clipboard.writeText(document.getElementById(copied.dataset.copy).textContent);
    copied.textContent = "Copied";
  }
  const png = event.target.closest("[data-png]");
  if (png) picture(png);
});

dress(document);
document.querySelectorAll("svg[data-zoom=yes]").forEach(zoom);
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
