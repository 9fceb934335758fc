// Charts: the scale in the reader's way, days chosen by dragging, and a chart as a picture.
const SVG = "http://www.w3.org/2000/svg";
const DAY_MS = 86400000;

function scaled(root) {
  // Exact: values of the scale have few digits.
  for (const scale of root.querySelectorAll("svg.scale")) {
    const texts = [...scale.querySelectorAll("text")];
    const most = Math.max(...texts.map((each) => Math.abs(Number(each.dataset.value))));
    const notation = most < 100000 ? "standard" : "compact";
    for (const each of texts) each.textContent = Number(each.dataset.value).toLocaleString(undefined, { notation, maximumFractionDigits: 12 });
  }
}

let drag = null;

function place(event, chart) {
  const box = chart.getBoundingClientRect();
  const day = Math.floor(((event.clientX - box.left) / box.width) * Number(chart.dataset.days));
  return Math.min(Number(chart.dataset.days) - 1, Math.max(0, day));
}

function day(chart, number) {
  return new Date(Date.parse(chart.dataset.first) + number * DAY_MS).toISOString().slice(0, 10);
}

function leave() {
  drag?.brush.remove();
  drag = null;
}

function drawn(last) {
  const wide = 100 / Number(drag.chart.dataset.days);
  drag.brush.setAttribute("x", `${Math.min(drag.first, last) * wide}%`);
  drag.brush.setAttribute("width", `${(Math.abs(drag.first - last) + 1) * wide}%`);
  drag.chart.append(drag.brush);
}

addEventListener("pointerdown", (event) => {
  const chart = event.target.closest?.("svg.bars[data-zoom=yes]");
  if (!chart || event.button !== 0) return;
  const brush = document.createElementNS(SVG, "rect");
  brush.setAttribute("class", "brush");
  brush.setAttribute("height", "100%");
  drag = { chart, brush, first: place(event, chart) };
});
addEventListener("pointermove", (event) => {
  if (drag && (drag.brush.parentNode || place(event, drag.chart) !== drag.first)) drawn(place(event, drag.chart));
});
addEventListener("pointerup", (event) => {
  if (!drag) return;
  const { chart, first } = drag;
  const last = place(event, chart);
  const within = chart.contains(event.target);
  leave();
  if (!within || first === last) return;
  event.preventDefault();
  addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
  const query = new URLSearchParams(location.search);
  query.set("since", day(chart, Math.min(first, last)));
  query.set("until", day(chart, Math.max(first, last)));
  location.search = query.toString();
});
addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
addEventListener("pointercancel", leave);
addEventListener("dragstart", (event) => { if (event.target.closest?.("svg.bars")) event.preventDefault(); });

function placed(part, x, y, width, height, colour) {
  const copy = part.cloneNode(true);
  for (const [name, value] of Object.entries({ x, y, width, height, overflow: "visible" })) copy.setAttribute(name, String(value));
  for (const each of copy.querySelectorAll("rect.hit, rect.brush, title")) each.remove();
  for (const each of copy.querySelectorAll("rect.bar")) each.setAttribute("fill", colour(each.classList.contains("minus") ? "--bad" : "--accent"));
  for (const each of copy.querySelectorAll("line")) each.setAttribute("stroke", colour(each.classList.contains("zero") ? "--dim" : "--line"));
  for (const each of copy.querySelectorAll("text")) each.setAttribute("fill", colour("--dim"));
  return copy;
}

function whole(section, colour) {
  // The parts of a chart as one drawing.
  const all = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ width: 1200, height: 540, "font-size": 14, "font-family": "system-ui, sans-serif" })) all.setAttribute(name, String(value));
  all.append(placed(section.querySelector("svg.scale"), 10, 80, 80, 410, colour));
  all.append(placed(section.querySelector("svg.bars"), 100, 80, 1070, 410, colour));
  const dates = section.querySelector("svg.dates");
  if (dates) all.append(placed(dates, 100, 490, 1070, 40, colour));
  const names = [...section.querySelectorAll(".groups span, .axis span")];
  names.forEach((each, number) => {
    const text = document.createElementNS(SVG, "text");
    const ends = section.querySelector(".axis") ? [100, 1170][number] : 100 + (1070 * (number + 0.5)) / names.length;
    const anchor = section.querySelector(".axis") ? ["start", "end"][number] : "middle";
    for (const [name, value] of Object.entries({ x: ends, y: 515, fill: colour("--dim"), "text-anchor": anchor })) text.setAttribute(name, String(value));
    text.textContent = each.textContent;
    all.append(text);
  });
  return all;
}

async function picture(button) {
  // The chart as it stands, with what it is of above it: for a slide, or a letter.
  const section = button.closest(".chart");
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(whole(section, colour)))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1200, 540];
  const context = canvas.getContext("2d");
  context.fillStyle = colour("--ground");
  context.fillRect(0, 0, 1200, 540);
  context.fillStyle = colour("--text");
  context.font = "600 24px system-ui, sans-serif";
  context.fillText(section.querySelector("h2").textContent.trim(), 20, 44);
  context.drawImage(image, 0, 0);
  const link = document.createElement("a");
  link.download = `expenses-${button.dataset.png}.png`;
  link.href = canvas.toDataURL("image/png");
  link.click();
  button.focus();
}

document.addEventListener("click", (event) => {
  const png = event.target.closest("[data-png]");
  if (png) picture(png);
});
document.addEventListener("billdrop:refreshed", (event) => scaled(event.target));
scaled(document);
