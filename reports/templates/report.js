"use strict";
// The page is complete without this script: it only adds filtering, sorting, copying, files to keep, and switches of theme and language.
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
    const button = find("copy"), told = find("copied");
    button.textContent = copied ? button.dataset.copied : button.dataset.selected;
    told.textContent = copied ? told.dataset.copied : told.dataset.selected;
    setTimeout(() => { button.textContent = button.dataset.copy; }, 2000);
  }

  function counted(shown, items) {
    return find("main").dataset.shown.replace("{shown}", shown).replace("{all}", items.length);
  }

  function filterExamples(items, choices) {
    const words = find("find").value.trim().toLowerCase();
    let shown = 0;
    for (const item of items) {
      item.hidden = choices.some((choice) => choice.value && item.dataset[choice.dataset.by] !== choice.value)
        || (words && !item.textContent.toLowerCase().includes(words));
      shown += item.hidden ? 0 : 1;
    }
    find("found").textContent = counted(shown, items);
  }

  function sortExamples(items) {
    const keys = { validity: ["validity", "words", "queries"], words: ["words", "queries"], queries: ["queries", "words"] };
    const order = (a, b) => keys[find("order").value].reduce((sum, key) => sum || a.dataset[key] - b.dataset[key], 0);
    const sorted = [...items].sort(order);
    find("example-list").append(...sorted);
  }

  // Heat maps: one part of the page each, with its own choices.
  function filterHeatMaps(part, items) {
    const choices = [...part.querySelectorAll("[data-choose]")];
    const words = part.querySelector("[data-search]").value.trim().toLowerCase();
    let shown = 0;
    for (const item of items) {
      item.hidden = choices.some((choice) => choice.value && !item.dataset[choice.dataset.choose].split(" ").includes(choice.value))
        || (words && !item.textContent.toLowerCase().includes(words));
      shown += item.hidden ? 0 : 1;
    }
    part.querySelector(".found").textContent = counted(shown, items);
  }

  function sortHeatMaps(part, items) {
    const ranks = { wrong: 0, unknown: 1, right: 2 };
    const keys = {
      trust: (item) => +item.dataset.trust,
      answer: (item) => ranks[item.dataset.answer],
      name: () => 0,
    };
    const by = part.querySelector("[data-sort]").value;
    const names = (a, b) => by === "name" ? a.dataset.name.localeCompare(b.dataset.name, "en", { numeric: true }) : 0;
    const sorted = [...items].sort((a, b) => keys[by](a) - keys[by](b) || names(a, b) || a.dataset.place - b.dataset.place);
    part.querySelector(".explained-list").append(...sorted);
  }

  function switchHeatMap(item) {
    const chosen = +(item.querySelector(".switch input:checked")?.value ?? 0);
    [...item.querySelectorAll(".switched > .map")].forEach((map, row) => map.classList.toggle("chosen", row === chosen));
  }

  // One stop of the tabulator per heat map; arrows go from word to word.
  function rove(line) {
    const words = [...line.querySelectorAll(".w")];
    words.forEach((word, row) => { word.tabIndex = row ? -1 : 0; });
    line.addEventListener("keydown", (event) => {
      const at = words.indexOf(event.target);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: words.length - 1 }[event.key];
      if (at < 0 || to === undefined || !words[to]) return;
      event.preventDefault();
      words[at].tabIndex = -1;
      words[to].tabIndex = 0;
      words[to].focus();
    });
  }

  function prepareHeatMaps() {
    for (const part of document.querySelectorAll(".explained")) {
      const items = [...part.querySelectorAll(".explained-text")];
      for (const node of part.querySelectorAll("[data-choose], [data-search]")) {
        node.addEventListener("input", () => filterHeatMaps(part, items));
      }
      part.querySelector("[data-sort]").addEventListener("input", () => sortHeatMaps(part, items));
      for (const item of items) {
        item.addEventListener("input", () => switchHeatMap(item));
        switchHeatMap(item);
      }
      filterHeatMaps(part, items);
    }
    for (const line of document.querySelectorAll(".map .words")) rove(line);
  }

  // Files are made in the page and handed to the browser; nothing is sent anywhere.
  function keep(name, type, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function exportSignOff() {
    const box = find("signing");
    const fields = [...box.querySelectorAll("[data-field]")];
    const decision = box.querySelector("[data-field=decision]:checked")?.value;
    const comment = box.querySelector("[data-field=comment]");
    const lacking = decision === "approve with conditions" && !comment.value.trim();
    comment.setCustomValidity(lacking ? comment.dataset.missing : "");
    find("exported").textContent = "";
    if (!fields.every((field) => field.reportValidity())) return;
    const value = (name) => box.querySelector(`[data-field=${name}]`).value.trim();
    const signed = {
      sign_off_version: box.dataset.version,
      audit_sha256: box.dataset.audit,
      model_sha256: box.dataset.model,
      verdict: box.dataset.verdict,
      name: value("name"),
      role: value("role"),
      date: value("date"),
      decision,
      comment: comment.value.trim(),
    };
    keep("sign-off.json", "application/json", `${JSON.stringify(signed, null, 2)}\n`);
    find("exported").textContent = find("exported").dataset.done;
  }

  function plainText(cell) {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const parts = [];
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement.closest("svg")) parts.push(walker.currentNode.data.replace(/\s+/g, " ").trim());
    }
    return parts.filter(Boolean).join(" ");
  }

  function gridOf(table) {
    const rows = [...table.rows];
    const grid = rows.map(() => []);
    rows.forEach((row, y) => {
      for (const cell of row.cells) {
        const x = [...grid[y], undefined].findIndex((there) => there === undefined);
        for (let down = 0; down < cell.rowSpan && grid[y + down]; down += 1) {
          for (let right = 0; right < cell.colSpan; right += 1) grid[y + down][x + right] = right ? "" : plainText(cell);
        }
      }
    });
    return grid;
  }

  // As reports/csv_cell.py: what a spreadsheet would run as a formula gets an apostrophe in front.
  function csvCell(text) {
    const shown = text.replaceAll("\0", "\ufffd").replace(/(?<=[^])([;\t|])([=+\-@＝＋－＠])/g, "$1'$2");
    const risky = /^[ \u00a0\u3000\ufeff]*[=+\-@\t\r\n＝＋－＠]/.test(shown);
    return `"${`${risky ? "'" : ""}${shown}`.replaceAll('"', '""')}"`;
  }

  function exportTables() {
    const lines = [...document.querySelectorAll("main table")].flatMap((table) => {
      const name = table.caption ? plainText(table.caption) : "";
      return [...gridOf(table).map((row) => [name, ...row].map(csvCell).join(",")), ""];
    });
    keep("report-tables.csv", "text/csv;charset=utf-8", `\ufeff${lines.join("\r\n")}`);
  }

  function openAll(open) {
    for (const node of document.querySelectorAll("details")) node.open = open;
  }

  // Both bodies are made from one template, so their fields stand in one order.
  function carryFields(from, to) {
    const fields = [...to.querySelectorAll("[data-field]")];
    [...from.querySelectorAll("[data-field]")].forEach((field, row) => {
      if (field.type === "radio") fields[row].checked = field.checked;
      else fields[row].value = field.value;
    });
  }

  // The page in its other language lies in it, packed. A body is kept when another takes its place, with all its choices;
  // what a reviewer has filled in goes along.
  const bodies = new Map();
  async function speak(language) {
    bodies.set(root.lang, { body: document.body, title: document.title });
    if (!bodies.has(language)) {
      const packed = document.querySelector(`.other-language[lang="${language}"]`).textContent;
      const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
      const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
      const { body, title } = new DOMParser().parseFromString(text, "text/html");
      bodies.set(language, { body, title, fresh: true });
    }
    const next = bodies.get(language), height = scrollY;
    carryFields(document.body, next.body);
    document.body = next.body;
    document.title = next.title;
    root.lang = language;
    if (next.fresh) prepare();
    scrollTo(0, height);
    document.querySelector("button.language").focus({ preventScroll: true });
  }

  function prepare() {
    for (const node of document.querySelectorAll("button.language")) {
      node.hidden = !("DecompressionStream" in window);
      node.addEventListener("click", () => speak(node.lang));
    }
    on("theme", "click", switchTheme);
    on("print", "click", () => print());
    on("copy", "click", copyCommand);
    on("export-sign-off", "click", exportSignOff);
    on("export-tables", "click", exportTables);
    on("expand", "click", () => {
      const runs = [...document.querySelectorAll("details.run")];
      const open = !runs.every((node) => node.open);
      for (const node of runs) node.open = open;
      const words = find("expand").dataset;
      find("expand").textContent = open ? words.collapse : words.expand;
    });
    const items = [...document.querySelectorAll(".example")];
    if (items.length) {
      const choices = [...document.querySelectorAll("[data-by]")];
      for (const node of [...choices, find("find")]) node.addEventListener("input", () => filterExamples(items, choices));
      on("order", "input", () => sortExamples(items));
      filterExamples(items, choices);
    }
    prepareHeatMaps();
  }

  document.addEventListener("DOMContentLoaded", prepare);
  addEventListener("beforeprint", () => openAll(true));
})();
