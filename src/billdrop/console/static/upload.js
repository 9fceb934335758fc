// Files go to the door that every customer uses; each gets its verdict beside its name.
const form = document.getElementById("upload");
const list = document.getElementById("verdicts");
const counts = document.getElementById("counts");
const MOST_AT_ONCE = 6;
const ARRIVAL_MS = 8000;
const RECEIPT_MS = 120000;
const waiting = [];
const seen = { accepted: 0, refused: 0, failed: 0 };
let busy = 0;

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text != null) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function tell() {
  const left = waiting.length + busy;
  counts.textContent = `${seen.accepted} accepted, ${seen.refused} waiting in quarantine, ${seen.failed} failed` + (left ? `, ${left} to go` : "");
}

function finding(one) {
  const kind = one.held && one.severity !== "warning" ? "held" : one.severity ?? "error";
  const item = element("li", null, kind);
  const place = one.line ? `line ${one.line}${one.column ? `, column ${one.column}` : ""}: ` : "";
  item.append(element("strong", kind), ` ${place}${one.message} `, element("code", one.code));
  if (one.excerpt) {
    const caret = " ".repeat(one.offset ?? 0) + "^".repeat(Math.max(1, one.length ?? 1));
    item.append(element("pre", `${one.excerpt}\n${caret}`, "caret"));
  }
  if (one.hint) item.append(element("p", one.hint, "hint"));
  return item;
}

function links(answer) {
  // To the document; and where no guideline knows it, to the draft of one.
  const place = encodeURIComponent(answer.document_id);
  const both = element("span", null, "actions");
  const see = element("a", "see it");
  see.href = `/console/document?id=${place}`;
  both.append(see);
  if (form.dataset.drafts && answer.findings?.some((one) => one.code === "BD2001")) {
    const draft = element("a", "Draft a guideline from it", "button");
    draft.href = `/console/guidelines?document=${place}&draft=yes`;
    both.append(draft);
  }
  return both;
}

function verdict(item, status, answer) {
  const state = answer.state ?? (status === 422 ? "quarantined" : "failed");
  const good = status === 200 || status === 201;
  seen[good ? "accepted" : status === 422 ? "refused" : "failed"] += 1;
  item.querySelector("progress")?.remove();
  item.append(element("strong", ` ${state}`, `state ${good ? state : status === 422 ? "quarantined" : "error"}`));
  for (const one of answer.invoices ?? []) item.append(element("span", ` ${one.number}: ${one.total} ${one.currency}`));
  if (!good && !answer.findings?.length) {
    if (answer.detail) item.append(element("p", answer.detail));
    if (answer.hint) item.append(element("p", answer.hint, "hint"));
  }
  if (answer.document_id) item.append(links(answer));
  if (answer.findings?.length) {
    const found = element("ul", null, "findings");
    found.append(...answer.findings.map(finding));
    item.append(found);
  }
}

function next() {
  while (busy < MOST_AT_ONCE && waiting.length) (form.dataset.posts ? post : send)(waiting.shift());
  tell();
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

async function heard(asked, began) {
  // The receipt of a worker; null when none comes. S3 says nothing to a page of another origin.
  for (let tries = 0; performance.now() - began < RECEIPT_MS; tries += 1) {
    await pause(Math.min(500 + 250 * tries, 3000));
    const about = new URLSearchParams(asked);
    if (performance.now() - began < ARRIVAL_MS) about.delete("newest");
    const answer = await fetch(`/console/upload/verdict?${about}`, { headers: { accept: "application/json" } });
    if (answer.status === 200 || answer.status >= 400) return [answer.status, await answer.json()];
  }
  return null;
}

const CODES = { recorded: 201, superseded: 200, quarantined: 422 };

async function posted({ file, name, customer }) {
  const asked = new URLSearchParams({ customer, name });
  const offer = await fetch(`/console/upload/offer?${asked}`, { headers: { accept: "application/json" } });
  const given = await offer.json();
  if (!offer.ok) return [offer.status, given];
  const body = new FormData();
  for (const [field, value] of Object.entries(given.fields)) body.append(field, value);
  body.append("file", file);
  await fetch(given.url, { method: "POST", mode: "no-cors", credentials: "omit", body });
  asked.set("before", given.before);
  asked.set("newest", given.newest);
  const found = await heard(asked, performance.now());
  if (!found) return [0, { state: "under way", detail: "it is in the bucket, and no worker has answered yet", hint: "its receipt and the history will say what became of it" }];
  const [status, told] = found;
  if (status !== 200) return [status, told];
  const wrong = told.findings?.some((one) => one.severity !== "warning");
  return [CODES[told.outcome] ?? (wrong ? 422 : 200), { ...told, state: told.outcome }];
}

async function post(work) {
  busy += 1;
  const bar = element("progress");
  bar.setAttribute("aria-label", `Upload of ${work.name}`);
  work.item.append(bar);
  try {
    verdict(work.item, ...(await posted(work)));
  } catch {
    verdict(work.item, 0, { detail: "no answer came; try it again: nothing is counted twice" });
  }
  busy -= 1;
  next();
}

function send({ file, name, customer, item }) {
  busy += 1;
  const bar = element("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Upload of ${name}`);
  item.append(bar);
  const request = new XMLHttpRequest();
  const path = [customer, ...name.split("/")].map(encodeURIComponent).join("/");
  request.open("PUT", `/inbox/${path}`);
  request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
  request.onloadend = () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { answer = { detail: request.status ? "the answer could not be read" : "no answer came; try it again: nothing is counted twice" }; }
    verdict(item, request.status, answer);
    busy -= 1;
    next();
  };
  request.setRequestHeader("x-csrf-token", document.body.dataset.csrf);
  request.send(file);
}

function take(file, name) {
  if (!form.reportValidity()) return;
  const item = element("li");
  item.append(element("span", name, "name"));
  list.prepend(item);
  const most = Number(form.dataset.most);
  if (file.size > most) {
    verdict(item, 413, { state: "failed", detail: `it has ${file.size.toLocaleString()} bytes, more than ${most.toLocaleString()}`, hint: "split it, or put it into the inbox folder" });
    tell();
    return;
  }
  waiting.push({ file, name, customer: form.customer.value, item });
  next();
}

async function walk(entry, prefix) {
  if (entry.isFile) {
    take(await new Promise((done, failed) => entry.file(done, failed)), prefix + entry.name);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const each of some) await walk(each, `${prefix}${entry.name}/`);
  }
}

const drop = document.getElementById("drop");
for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  for (const entry of entries) await walk(entry, "");
});
document.getElementById("files").addEventListener("change", (event) => {
  for (const file of event.target.files) take(file, file.name);
  event.target.value = "";
});
form.addEventListener("submit", (event) => event.preventDefault());
