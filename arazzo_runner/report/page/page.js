"use strict";
(() => {
  const root = document.documentElement;
  const all = (query, within = document) => Array.from(within.querySelectorAll(query));
  const filter = document.getElementById("filter");
  const count = document.getElementById("count");
  const help = document.getElementById("help");
  const onlyFailed = document.getElementById("only-failed");
  const texts = new WeakMap();
  root.classList.add("js");

  // -- theme: the system's, until somebody chooses ------------------------------------------------------------------
  const remember = (theme) => { try { localStorage.setItem("arazzo-run-theme", theme); } catch { /* a file has none */ } };
  try { const kept = localStorage.getItem("arazzo-run-theme"); if (kept === "dark" || kept === "light") root.dataset.theme = kept; } catch { /* as above */ }
  const toggleTheme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    remember(root.dataset.theme);
  };

  // -- filter: steps of a run, or tests and the lines of their index ------------------------------------------------
  const unit = document.querySelector("details.verdict") ? "details.verdict" : "details.step";
  const things = () => all(unit);
  const textOf = (thing) => {
    if (!texts.has(thing)) texts.set(thing, thing.textContent.toLowerCase());
    return texts.get(thing);
  };
  const apply = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const failed = onlyFailed?.getAttribute("aria-pressed") === "true";
    let shown = 0, total = 0;
    for (const thing of things()) {
      const matches = words.every((word) => textOf(thing).includes(word)) && (!failed || thing.dataset.filter !== "good");
      thing.hidden = !matches;
      total += 1;
      shown += matches;
    }
    for (const row of all("[data-row-of]")) row.hidden = document.getElementById(row.dataset.rowOf)?.hidden === true;
    count.textContent = words.length || failed ? `${shown} of ${total}` : "";
  };

  // -- moving -------------------------------------------------------------------------------------------------------
  // What is folded away or filtered out is skipped; asking for its layout would cost seconds on a page of tests.
  const isShown = (summary) => !summary.closest("[hidden]") && !summary.parentElement.parentElement.closest("details:not([open])");
  const stops = () => all("details.verdict > summary, details.step > summary").filter(isShown);
  const move = (by) => {
    const list = stops();
    if (!list.length) return;
    const at = list.indexOf(document.activeElement?.closest?.("summary"));
    const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const openAll = (open) => { for (const each of all(unit)) each.open = open; };
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") { each.open = true; each.hidden = false; }
    target.querySelector("summary")?.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
  };

  const keys = {
    j: () => move(1), k: () => move(-1), "/": () => filter.focus(), "?": () => help.showModal(), t: toggleTheme,
    o: () => openAll(true), c: () => openAll(false), f: () => onlyFailed?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const typing = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && typing) { filter.value = ""; apply(); filter.blur(); return; }
    if (event.key === "Enter" && event.target === filter) { event.preventDefault(); filter.blur(); document.activeElement?.blur(); move(1); return; }
    if (typing) return;
    const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (arrow && event.target.tagName === "SUMMARY") { event.preventDefault(); move(arrow); return; }
    const action = Object.hasOwn(keys, event.key) && keys[event.key];
    if (action) { event.preventDefault(); action(); }
  });

  const on = (id, act) => document.getElementById(id)?.addEventListener("click", act);
  filter.addEventListener("input", apply);
  on("theme", toggleTheme);
  on("help-button", () => help.showModal());
  on("help-close", () => help.close());
  on("open-all", () => openAll(!things().some((each) => each.open)));
  onlyFailed?.addEventListener("click", () => {
    onlyFailed.setAttribute("aria-pressed", String(onlyFailed.getAttribute("aria-pressed") !== "true"));
    apply();
  });
  addEventListener("hashchange", reveal);
  reveal();

  // -- texts to copy ------------------------------------------------------------------------------------------------
  for (const block of all(".copyable")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "copy";
    button.addEventListener("click", async () => {
      const pre = block.querySelector("pre");
      try { await navigator.clipboard.writeText(pre.textContent); button.textContent = "copied"; }
      catch { getSelection().selectAllChildren(pre); button.textContent = "selected"; }
      setTimeout(() => { button.textContent = "copy"; }, 1500);
    });
    block.append(button);
  }
})();
