// What the guideline reads of the sample, a moment after the last key; and nothing typed is lost.
const form = document.getElementById("playground");
const shown = document.getElementById("attempt");
const said = document.getElementById("said");
let timer = null;
let asked = null;
let unsaved = false;

function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function fragment(page) {
  return page.getElementById("fragment") ?? page.querySelector("main");
}

function put(place, part) {
  place.replaceChildren(...(part ? [...part.childNodes].map((node) => document.importNode(node, true)) : []));
  place.dispatchEvent(new CustomEvent("billdrop:shown", { bubbles: true }));
}

function tell(fact, ...more) {
  const line = document.createElement("p");
  line.className = "alert";
  line.append(fact, ...more);
  said.setAttribute("role", "alert");
  said.replaceChildren(line);
}

async function posted(path, signal) {
  // Whoever has logged in again meanwhile, in another tab, has another mark: it is asked for once.
  for (let tries = 0; ; tries += 1) {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(path, { method: "POST", body, signal, headers: { accept: "application/json, text/html" } });
    if (answer.status !== 403 || tries) return answer;
    const again = await fetch("/console/guidelines", { signal, headers: { accept: "application/json" } });
    if (!again.ok) return again;
    form.csrf.value = parsed(await again.text()).body.dataset.csrf;
  }
}

async function attempt() {
  clearTimeout(timer);
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await posted("/console/guidelines/attempt", asked.signal);
    if (answer.status === 401) loggedOut();
    else put(shown, fragment(parsed(await answer.text())));
  } catch (error) {
    if (error.name !== "AbortError") shown.textContent = "No answer came; what you typed is still here.";
  }
}

function loggedOut() {
  const link = document.createElement("a");
  link.href = "/console/login";
  link.target = "_blank";
  link.textContent = "Log in in another tab";
  tell("You are logged out. ", link, ", then do it again here: what you typed is still here.");
}

async function done(path) {
  const answer = await posted(path);
  if (answer.status === 401) return loggedOut();
  const page = parsed(await answer.text());
  if (path.endsWith("/draft") && answer.ok) {
    // Typed over what is there, so that the browser's way of undoing brings that back.
    form.text.focus();
    form.text.select();
    document.execCommand("insertText", false, page.getElementById("text").value);
    return attempt();
  }
  said.setAttribute("role", answer.ok ? "status" : "alert");
  put(said, page.getElementById("said"));
  if (answer.redirected) {
    unsaved = false;
    history.replaceState(null, "", answer.url);
    put(document.querySelector("form.filters"), page.querySelector("form.filters"));
    for (const name of ["opened", "mark"]) form[name].value = page.querySelector(`[name=${name}]`).value;
  } else if (answer.ok) put(shown, fragment(page));
}

form.addEventListener("input", (event) => {
  if (event.target === form.text) unsaved = true;
  clearTimeout(timer);
  timer = setTimeout(attempt, 250);
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const path = button?.getAttribute("formaction") ?? form.getAttribute("action");
  if (path.endsWith("/attempt")) { attempt(); return; }
  if (button) button.disabled = true;
  try {
    await done(path);
  } catch {
    tell("No answer came; what you typed is still here.");
  }
  if (button) { button.disabled = false; button.focus(); }
});
shown.addEventListener("click", (event) => {
  // A line that something is said about is chosen in the editor, and scrolled to.
  const number = Number(event.target.closest("[data-line]")?.dataset.line);
  if (!number) return;
  const lines = form.text.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  form.text.focus();
  form.text.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  const height = parseFloat(getComputedStyle(form.text).lineHeight) || form.text.scrollHeight / lines.length;
  form.text.scrollTop = Math.max(0, (number - 4) * height);
});
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
if (form.text.value) attempt();
