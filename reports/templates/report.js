"use strict";
// The page is complete without this script: it only adds filtering, sorting, copying and a theme switch.
(() => {
  const root = document.documentElement;
  const memory = {
    get: () => { try { return localStorage.getItem("robust-emo-theme"); } catch { return null; } },
    set: (theme) => { try { localStorage.setItem("robust-emo-theme", theme); } catch { /* private mode */ } },
  };
  root.classList.add("js");
  const chosen = memory.get();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  const find = (id) => document.getElementById(id);
  const on = (id, event, act) => { const node = find(id); if (node) node.addEventListener(event, act); };

  function switchTheme() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    memory.set(root.dataset.theme);
  }

  async function copyCommand() {
    const command = find("command");
    let copied = true;
    try {
      await navigator.clipboard.writeText(command.textContent);
    } catch {
      getSelection().selectAllChildren(command);
      copied = false;
    }
    find("copy").textContent = copied ? "Copied" : "Selected";
    find("copied").textContent = copied ? "Command copied" : "Command selected, copy it with your keyboard";
    setTimeout(() => { find("copy").textContent = "Copy"; }, 2000);
  }

  function filterExamples(items, choices) {
    const words = find("find").value.trim().toLowerCase();
    let shown = 0;
    for (const item of items) {
      item.hidden = choices.some((choice) => choice.value && item.dataset[choice.dataset.by] !== choice.value)
        || (words && !item.textContent.toLowerCase().includes(words));
      shown += item.hidden ? 0 : 1;
    }
    find("found").textContent = `${shown} of ${items.length} shown`;
  }

  function sortExamples(items) {
    const keys = { validity: ["validity", "words", "queries"], words: ["words", "queries"], queries: ["queries", "words"] };
    const order = (a, b) => keys[find("order").value].reduce((sum, key) => sum || a.dataset[key] - b.dataset[key], 0);
    const sorted = [...items].sort(order);
    find("example-list").append(...sorted);
  }

  function openAll(open) {
    for (const node of document.querySelectorAll("details")) node.open = open;
  }

  document.addEventListener("DOMContentLoaded", () => {
    on("theme", "click", switchTheme);
    on("print", "click", () => print());
    on("copy", "click", copyCommand);
    on("expand", "click", () => {
      const runs = [...document.querySelectorAll("details.run")];
      const open = !runs.every((node) => node.open);
      for (const node of runs) node.open = open;
      find("expand").textContent = open ? "Collapse all" : "Expand all";
    });
    const items = [...document.querySelectorAll(".example")];
    if (items.length) {
      const choices = [...document.querySelectorAll("[data-by]")];
      for (const node of [...choices, find("find")]) node.addEventListener("input", () => filterExamples(items, choices));
      on("order", "input", () => sortExamples(items));
      filterExamples(items, choices);
    }
  });
  addEventListener("beforeprint", () => openAll(true));
})();
