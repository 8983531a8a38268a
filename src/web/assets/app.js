// Enhances pages that work without it: shortcuts, linked boxes, dropping files.
"use strict";
(() => {
  const KEYS_OFF = "scrutineer.keys-off";
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const help = document.getElementById("help");

  for (const element of all(".js-only")) element.hidden = false;

  // Fields and boxes light up together, by mouse and by keyboard.
  const partners = (name) =>
    all(`[data-mark="${CSS.escape(name)}"], [data-show="${CSS.escape(name)}"]`);
  const light = (name, on) => {
    for (const partner of partners(name)) partner.classList.toggle("hot", on);
  };
  // A box that listens to focus would be a stop for Tab in some browsers, before every button;
  // its field beside is one already.
  for (const element of all("[data-mark], [data-show]")) {
    const name = element.dataset.mark || element.dataset.show;
    const isBox = Boolean(element.dataset.mark);
    for (const type of isBox ? ["mouseenter"] : ["mouseenter", "focusin"]) {
      element.addEventListener(type, () => {
        light(name, true);
        if (type === "focusin") reveal(name);
      });
    }
    for (const type of isBox ? ["mouseleave"] : ["mouseleave", "focusout"]) {
      element.addEventListener(type, () => light(name, false));
    }
    if (isBox) {
      element.addEventListener("click", () => {
        const row = document.querySelector(`[data-show="${CSS.escape(name)}"]`);
        if (!row) return;
        const target = row.querySelector("input, select, textarea") || row;
        target.focus();
        row.scrollIntoView({ block: "center" });
      });
    }
  }

  // Scrolls the page's picture alone, so that the list stays where it is.
  function reveal(name) {
    const mark = document.querySelector(`[data-mark="${CSS.escape(name)}"]`);
    const pane = document.querySelector(".sheet-scroll");
    if (!mark || !pane) return;
    const box = mark.getBoundingClientRect();
    const seen = pane.getBoundingClientRect();
    if (box.top < seen.top || box.bottom > seen.bottom) {
      pane.scrollTop += box.top - seen.top - seen.height / 3;
    }
    if (box.left < seen.left || box.right > seen.right) {
      pane.scrollLeft += box.left - seen.left - seen.width / 3;
    }
  }

  // Shortcuts: one key each, off while typing, and off altogether if so chosen.
  const keysOn = document.getElementById("keys-on");
  const off = () => {
    try { return localStorage.getItem(KEYS_OFF) === "1"; } catch { return false; }
  };
  if (keysOn) {
    keysOn.checked = !off();
    keysOn.addEventListener("change", () => {
      try {
        if (keysOn.checked) localStorage.removeItem(KEYS_OFF);
        else localStorage.setItem(KEYS_OFF, "1");
      } catch { /* storage may be closed: then they stay on */ }
    });
  }
  // An `autofocus` in a closed dialog would compete with the page's own focus while it loads.
  const showHelp = () => {
    if (!help || help.open) return;
    help.showModal();
    help.querySelector("button").focus();
  };
  for (const button of all("[data-help]")) button.addEventListener("click", showHelp);

  // A slider says where it stands; a list is printed where there is a printer to ask.
  for (const slider of all("input[data-shown]")) {
    const shown = document.getElementById(slider.dataset.shown);
    slider.addEventListener("input", () => { if (shown) shown.value = slider.value; });
  }
  for (const button of all("[data-print]")) button.addEventListener("click", () => window.print());

  const typing = (target) => target.matches("input:not([type=radio], [type=checkbox]), select, textarea");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (help && help.open) return;
    if (event.key === "Escape") return press("Escape", event);
    if (typing(event.target) || off()) return;
    if (event.key === "?") { event.preventDefault(); showHelp(); return; }
    if (event.key === "/") return focusOn("text", event);
    if (event.key === "u") return focusOn("files", event, true);
    press(event.key === "=" ? "+" : event.key, event);
  });
  function press(key, event) {
    const target = all("[data-key]").find((element) => element.dataset.key === key);
    if (target) {
      event.preventDefault();
      target.click();
    } else if (key === "j") step(1, event);
    else if (key === "k") step(-1, event);
  }
  // Through the rows of a list or the cards of a board, from the one that holds the focus.
  function step(by, event) {
    const stops = all("main .row-link, main .board > li");
    const at = stops.findIndex((stop) => stop.contains(document.activeElement));
    const next = stops[at < 0 ? 0 : at + by];
    if (!next) return;
    event.preventDefault();
    // A card takes the focus from here; it is no stop for Tab.
    if (next.tabIndex < 0) next.tabIndex = -1;
    next.focus();
  }
  function focusOn(id, event, open) {
    const input = document.getElementById(id);
    if (!input) return;
    event.preventDefault();
    input.focus();
    if (open) input.click();
  }

  // Rejecting starts at the first reason.
  for (const details of all("details.reject")) {
    details.addEventListener("toggle", () => {
      if (details.open) details.querySelector("input[type=radio]").focus();
    });
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !details.open) return;
      details.open = false;
      details.querySelector("summary").focus();
    });
  }

  // Uploading: drop files anywhere, say that it is under way, send once.
  const upload = document.getElementById("upload");
  if (upload) {
    const files = upload.querySelector("input[type=file]");
    const hold = (event) => {
      if (!event.dataTransfer || !event.dataTransfer.types.includes("Files")) return false;
      event.preventDefault();
      return true;
    };
    let depth = 0;
    const show = () => document.body.classList.toggle("dropping", depth > 0);
    document.addEventListener("dragenter", (event) => { if (hold(event)) { depth += 1; show(); } });
    document.addEventListener("dragleave", (event) => { if (hold(event)) { depth = Math.max(0, depth - 1); show(); } });
    document.addEventListener("dragover", hold);
    document.addEventListener("drop", (event) => {
      if (!hold(event)) return;
      depth = 0;
      show();
      if (!event.dataTransfer.files.length) return;
      files.files = event.dataTransfer.files;
      upload.requestSubmit();
    });
    upload.addEventListener("submit", () => {
      upload.querySelector(".progress").hidden = false;
      upload.querySelector("button").disabled = true;
    });
    window.addEventListener("pageshow", () => {
      upload.querySelector(".progress").hidden = true;
      upload.querySelector("button").disabled = false;
    });
  }
})();
