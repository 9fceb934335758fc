// What the guideline reads of the sample, a moment after the last key.
import { dress } from "/console/static/console.js";

const form = document.getElementById("playground");
const shown = document.getElementById("attempt");
let timer = null;
let asked = null;

async function attempt() {
  asked?.abort();
  asked = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch("/console/guidelines/attempt", { method: "POST", body, signal: asked.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById("fragment") ?? page.querySelector("main");
    shown.replaceChildren(...(part ? [document.importNode(part, true)] : []));
    dress(shown);
  } catch (error) {
    if (error.name !== "AbortError") shown.textContent = "No answer came; what you typed is still here.";
  }
}

form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(attempt, 250); });
if (form.text.value) attempt();
