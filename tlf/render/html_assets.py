"""Style and behaviour of the HTML pages, written into each page: nothing is loaded from elsewhere."""

SECURITY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""Content security policy: a page can neither load nor send anything."""

COLORS = """
:root { color-scheme: light dark; --paper: #fff; --desk: #eef0f2; --ink: #16181b; --soft: #5a626b; --line: #16181b;
  --faint: #d5d9de; --accent: #0b5cad; --mark: #fff1c2; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #1d2024; --desk: #121417; --ink: #e7e9ec; --soft: #a3abb5; --line: #c9ced4; --faint: #3a4047;
    --accent: #7db7f0; --mark: #4d4217; }
}
* { box-sizing: border-box; }
"""

DISPLAY_STYLE = (
    COLORS
    + """
body { margin: 0; background: var(--desk); color: var(--ink);
  font: 15px/1.3 "Times New Roman", "Liberation Serif", Times, serif; }
main { padding: 1.5em; transition: margin-right .15s; }
.open main { margin-right: 25rem; }
.page { max-width: var(--sheet); margin: 0 auto 1.5em; padding: 2.2em 2.6em 1.6em; background: var(--paper);
  box-shadow: 0 1px 4px #0003; overflow-x: auto; }
.run, .foot { display: flex; justify-content: space-between; gap: 2em; }
.foot { margin-top: 1.2em; font-size: .84em; color: var(--soft); }
.titles { text-align: center; margin: .8em 0; font-size: 1.1em; }
.titles :is(h1, p) { font-size: inherit; font-weight: bold; margin: 0; }
.titles .population { font-weight: normal; }
table { width: 100%; border-collapse: collapse; border-block: 1px solid var(--line); }
.body { table-layout: fixed; min-width: 40em; font-variant-numeric: lining-nums tabular-nums; }
thead { border-bottom: 1px solid var(--line); }
th, td { padding: .06em .33em; text-align: center; vertical-align: top; font-weight: normal; }
thead th { vertical-align: bottom; font-weight: bold; white-space: pre-wrap; }
tbody th, tbody td { white-space: pre-wrap; overflow-wrap: break-word; }
.span > span { display: block; border-bottom: 1px solid var(--line); }
.left { text-align: left; } .right { text-align: right; }
.bold > * { font-weight: bold; }
.gap > * { padding-top: 1.3em; }
.continued { color: var(--soft); }
.message td { padding: 1.3em 0; }
.number { display: inline-block; text-align: left; white-space: pre; }
tbody tr:hover > * { background: color-mix(in srgb, var(--accent) 7%, transparent); }
tbody button { all: unset; cursor: pointer; border-radius: 2px; }
tbody button:hover { color: var(--accent); text-decoration: underline dotted; }
tbody button:focus-visible, .close:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.chosen { background: var(--mark) !important; }
.notes { margin-top: .4em; font-size: .9em; } .notes p { margin: 0; white-space: pre-line; }
figure { margin: .5em 0; text-align: center; } figure img { max-width: 100%; background: #fff; }
#panel { position: fixed; inset: 0 0 0 auto; width: 25rem; padding: 1.2rem; overflow: auto; background: var(--paper);
  border-left: 1px solid var(--faint); box-shadow: -2px 0 8px #0002; font: 14px/1.45 system-ui, sans-serif; }
#panel h2 { margin: 0 2rem .2rem 0; font-size: 1.35rem; white-space: pre-wrap; }
#panel .where { margin: 0 0 1rem; color: var(--soft); }
#panel dt { margin-top: .6rem; font-size: .82rem; color: var(--soft); } #panel dd { margin: 0; }
#panel code { display: block; padding: .4rem .5rem; border-radius: 4px; background: var(--desk); white-space: pre-wrap;
  overflow-wrap: anywhere; font: 12.5px/1.45 ui-monospace, monospace; }
#panel table { margin-top: .8rem; border-color: var(--faint); font-size: .88rem; }
#panel caption { text-align: left; font-size: .82rem; color: var(--soft); padding-bottom: .2rem; }
#panel :is(th, td) { text-align: left; padding: .12rem .5rem .12rem 0; border-bottom: 1px solid var(--faint); }
.close { all: unset; position: absolute; top: 1rem; right: 1.1rem; cursor: pointer; font-size: 1.4rem; line-height: 1; }
@media (max-width: 60rem) { .open main { margin-right: 0; } #panel { width: min(25rem, 92vw); } }
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #000; --line: #000; color-scheme: light; }
  body { background: none; font-size: var(--print); line-height: 1.2; }
  main, .page { padding: 0; margin: 0; max-width: none; }
  .open main { margin: 0; } .page { box-shadow: none; break-after: page; overflow: visible; }
  .page:last-child { break-after: auto; } #panel { display: none; } .chosen { background: none !important; }
  thead { display: table-row-group; } .titles { margin: 6pt 0; } .foot { margin-top: 5pt; }
  th, td { padding-block: .6pt; } .gap > * { padding-top: calc(1.2em + .6pt); } .notes { margin-top: 3pt; }
}
"""
)

PANEL_SCRIPT = """
const details = JSON.parse(document.getElementById("details").textContent);
const panel = document.getElementById("panel");
let chosen = null;
function element(name, text, parent, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  parent.append(made);
  return made;
}
function fillKeys(detail) {
  if (!detail.keys.length) return;
  const table = element("table", "", panel);
  const shown = detail.keys.length;
  element("caption", shown < detail.count ? `First ${shown} of ${detail.count} records` : "All records", table);
  const head = element("tr", "", element("thead", "", table));
  detail.key_names.forEach(name => { element("th", name, head).scope = "col"; });
  const body = element("tbody", "", table);
  detail.keys.forEach(key => { const row = element("tr", "", body); key.forEach(part => element("td", part, row)); });
}
function fill(cell, detail) {
  panel.replaceChildren();
  const close = element("button", "\\u00d7", panel, "close");
  close.type = "button";
  close.setAttribute("aria-label", "Close");
  close.onclick = hide;
  element("h2", cell.textContent.replace(/\\u00a0/g, ""), panel);
  const label = cell.parentElement.querySelector("th");
  element("p", label ? label.textContent : "", panel, "where");
  const list = element("dl", "", panel);
  const lines = [["Dataset", detail.dataset], ["Records", String(detail.count)], ...detail.facts,
    ["Result", cell.dataset.result]];
  element("dt", "Selected by", list);
  element("code", detail.filter, element("dd", "", list));
  lines.forEach(([name, text]) => { element("dt", name, list); element("dd", text, list); });
  fillKeys(detail);
  return close;
}
function hide() {
  if (!chosen) return;
  panel.hidden = true;
  document.body.classList.remove("open");
  chosen.classList.remove("chosen");
  chosen.querySelector("button").focus();
  chosen = null;
}
document.addEventListener("click", event => {
  const button = event.target.closest("tbody button");
  if (!button) return;
  if (chosen) chosen.classList.remove("chosen");
  chosen = button.parentElement;
  chosen.classList.add("chosen");
  const close = fill(chosen, details[chosen.dataset.result]);
  panel.hidden = false;
  document.body.classList.add("open");
  close.focus();
});
document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
"""

INDEX_STYLE = (
    COLORS
    + """
body { margin: 0; background: var(--desk); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2rem 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 1.8rem 0 .5rem; font-size: 1.1rem; }
.about { margin: .2rem 0 1rem; color: var(--soft); }
.tools { display: flex; gap: 1rem; align-items: center; flex-wrap: wrap; }
input { flex: 1 1 16rem; padding: .5rem .7rem; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--faint); border-radius: 6px; }
table { width: 100%; border-collapse: collapse; background: var(--paper); border-radius: 6px; }
th, td { padding: .45rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--faint); }
th { font-weight: 600; } thead th { font-size: .82rem; color: var(--soft); }
tbody th { white-space: nowrap; width: 11rem; } .files { white-space: nowrap; width: 9rem; }
.population { color: var(--soft); width: 16rem; }
a { color: var(--accent); } .files a { margin-right: .7rem; }
@media print { body { background: none; } .tools { display: none; } }
"""
)

INDEX_SCRIPT = """
const box = document.getElementById("search");
box.hidden = false;
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  document.querySelectorAll("section").forEach(section => {
    let shown = 0;
    section.querySelectorAll("tbody tr").forEach(row => {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
      shown += row.hidden ? 0 : 1;
    });
    section.hidden = !shown;
  });
});
"""
