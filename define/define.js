"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const search = byId("search"), origin = byId("origin"), valuesButton = byId("values"), count = byId("count");
  const main = byId("main"), nothing = byId("nothing"), help = byId("help");
  const rows = [...main.querySelectorAll("tbody > tr")].filter((row) => !row.closest(".result, .standards"));
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const folds = [...document.querySelectorAll(".fold")];
  const bodyOf = (fold) => byId(fold.getAttribute("aria-controls"));
  let allOpen = false;

  const setFold = (fold, open) => {
    fold.setAttribute("aria-expanded", String(open));
    bodyOf(fold).classList.toggle("folded", !open);
  };
  const setAll = (open) => {
    allOpen = open;
    folds.forEach((fold) => setFold(fold, open));
    valuesButton.setAttribute("aria-pressed", String(open));
  };

  // A row is shown when it has every word of the search and the origin asked for. A variable stays when one of its
  // values is shown, so that no value stands without its variable.
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = origin.value;
    const active = words.length > 0 || wanted !== "";
    let shown = 0;
    for (const row of rows) {
      const fits = (wanted === "" || row.dataset.origin === wanted) && words.every((word) => textOf(row).includes(word));
      row.hidden = active && !fits;
      if (!row.hidden) shown += 1;
    }
    for (const fold of folds) {
      const values = [...bodyOf(fold).rows];
      const some = values.some((row) => !row.hidden);
      const variable = fold.closest("tr");
      if (active && some) variable.hidden = false;
      setFold(fold, active ? some : allOpen);
    }
    for (const block of main.querySelectorAll("article:not(.display)")) {
      const heading = `${block.querySelector("h3").textContent} ${block.querySelector(".facts").textContent}`.toLowerCase();
      const named = wanted === "" && words.length > 0 && words.every((word) => heading.includes(word));
      if (named) block.querySelectorAll("tbody > tr").forEach((row) => { row.hidden = false; });
      block.hidden = active && !block.querySelector("tbody > tr:not([hidden])");
    }
    let sections = 0;
    for (const section of main.querySelectorAll("section")) {
      section.hidden = active && !section.querySelector("tbody > tr:not([hidden])");
      if (section.matches("#standards, #documents, #results")) section.hidden = active;
      sections += section.hidden ? 0 : 1;
    }
    count.textContent = active ? `${shown} ${shown === 1 ? "match" : "matches"}` : "";
    nothing.hidden = !active || sections > 0;
  };

  let timer = 0;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 80); });
  origin.addEventListener("change", apply);
  valuesButton.addEventListener("click", () => setAll(!allOpen));
  byId("keys").addEventListener("click", () => help.showModal());
  folds.forEach((fold) => fold.addEventListener("click", () => setFold(fold, fold.getAttribute("aria-expanded") !== "true")));

  const clear = () => { search.value = ""; origin.value = ""; apply(); };
  // A link may lead to a row that the search or a fold hides.
  const reveal = () => {
    const target = location.hash.length > 1 ? byId(decodeURIComponent(location.hash.slice(1))) : null;
    if (!target) return;
    if (target.closest("[hidden]")) clear();
    const body = target.closest("tbody.folded");
    if (body) setFold(document.querySelector(`.fold[aria-controls="${CSS.escape(body.id)}"]`), true);
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);

  const step = (by) => {
    const shown = [...main.querySelectorAll("section:not([hidden])")];
    const edge = byId("search").closest(".bar").getBoundingClientRect().bottom + 50;
    const current = shown.findLastIndex((section) => section.getBoundingClientRect().top < edge + 1);
    shown[Math.min(Math.max(current + by, 0), shown.length - 1)]?.scrollIntoView();
  };
  const keys = {
    "/": () => { search.focus(); search.select(); },
    n: () => step(1), p: () => step(-1), v: () => setAll(!allOpen),
    t: () => scrollTo(0, 0), "?": () => help.showModal(),
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape") { clear(); search.blur(); return; }
    if (event.target.matches("input, select, textarea")) return;
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });

  const links = new Map([...document.querySelectorAll("nav a[href^='#']")].map((a) => [a.getAttribute("href").slice(1), a]));
  const spy = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      document.querySelectorAll("nav .here").forEach((a) => a.classList.remove("here"));
      const here = links.get(entry.target.id);
      here?.classList.add("here");
    }
  }, { rootMargin: "-12% 0px -80% 0px" });
  main.querySelectorAll("section, article").forEach((part) => spy.observe(part));

  setAll(false);
  reveal();
})();
