// What a page can do beyond being read: colours, search, copying code, and where in the page the reader is.
"use strict";

const root = document.documentElement;

// Colours.
const system = matchMedia("(prefers-color-scheme: dark)");
const themeButton = document.getElementById("theme");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
const showTheme = () => themeButton.setAttribute("aria-pressed", isDark());
themeButton.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // It holds for this page then.
  }
  showTheme();
});
system.addEventListener("change", showTheme);
showTheme();

// Search.
const dialog = document.getElementById("search");
const query = document.getElementById("query");
const list = document.getElementById("hits");
const found = document.getElementById("found");
const SHOWN = 20;
let chosen = -1;

function loadSections() {
  if (window.sections) return;
  const script = document.createElement("script");
  script.src = "search-index.js";
  script.onload = showHits;
  document.head.append(script);
}

function openSearch() {
  if (dialog.open) return;
  loadSections();
  dialog.showModal();
  query.select();
}

function hit(section, words, index) {
  const item = document.createElement("li");
  item.role = "option";
  item.id = `hit-${index}`;
  const link = document.createElement("a");
  link.href = `${section.page}#${encodeURIComponent(section.id)}`;
  link.tabIndex = -1;
  const place = document.createElement("span");
  place.className = "place";
  mark(place, section.lesson, words);
  const title = document.createElement("strong");
  mark(title, section.title === section.lesson ? "Beginning of the lesson" : section.title, words);
  const { text, code } = excerpt(section, words);
  const around = document.createElement(code ? "code" : "span");
  around.className = "excerpt";
  mark(around, text, words);
  link.append(place, title, around);
  link.addEventListener("click", () => dialog.close());
  item.append(link);
  return item;
}

function showHits() {
  if (!window.sections) return;
  const { words, hits } = search(window.sections, query.value);
  list.replaceChildren(...hits.slice(0, SHOWN).map((section, index) => hit(section, words, index)));
  query.setAttribute("aria-expanded", hits.length > 0);
  const count = hits.length === 1 ? "1 section" : `${hits.length} sections`;
  found.textContent = !words.length ? "" : hits.length > SHOWN ? `${count}, the best ${SHOWN}` : hits.length ? count : "Nothing found: fewer or shorter words find more.";
  choose(hits.length ? 0 : -1);
}

function choose(index) {
  chosen = index;
  [...list.children].forEach((item, at) => item.setAttribute("aria-selected", at === index));
  if (index < 0) {
    query.removeAttribute("aria-activedescendant");
    return;
  }
  query.setAttribute("aria-activedescendant", `hit-${index}`);
  list.children[index].scrollIntoView({ block: "nearest" });
}

document.getElementById("search-open").addEventListener("click", openSearch);
query.addEventListener("input", showHits);
query.addEventListener("keydown", (event) => {
  const count = list.children.length;
  if (event.key === "ArrowDown" && count) choose((chosen + 1) % count);
  else if (event.key === "ArrowUp" && count) choose((chosen - 1 + count) % count);
  else if (event.key === "Enter") list.children[chosen]?.querySelector("a").click();
  else return;
  event.preventDefault();
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, [contenteditable]");
  if ((event.key === "/" && !typing) || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    openSearch();
  }
});

// Copying a cell.
for (const code of document.querySelectorAll(".code")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy this cell's code");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.querySelector("pre").textContent.trimEnd());
      button.textContent = "Copied";
    } catch {
      // The browser does not let a page from a folder do so: then the reader can.
      getSelection().selectAllChildren(code.querySelector("pre"));
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  code.append(button);
}

// What is wider than the page scrolls, also by keyboard.
const wide = document.querySelectorAll(".wide, pre");
const reachable = () => {
  for (const element of wide) {
    if (element.scrollWidth > element.clientWidth + 1) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }
};
addEventListener("resize", reachable);
addEventListener("load", reachable);

// The menus: open beside the text, closed above it.
const narrow = matchMedia("(max-width: 75rem)");
const menus = document.querySelectorAll("details.menu");
const fold = () => menus.forEach((menu) => (menu.open = !narrow.matches));
narrow.addEventListener("change", fold);
fold();
for (const menu of menus) {
  menu.addEventListener("click", (event) => {
    if (event.target.closest("a") && narrow.matches) menu.open = false;
  });
}

// Where the reader is: the last heading above the middle of the window.
const places = [...document.querySelectorAll(".contents a")].map((link) => ({ link, heading: document.getElementById(decodeURIComponent(link.hash.slice(1))) }));
let waiting = false;
function follow() {
  waiting = false;
  const above = places.filter(({ heading }) => heading.getBoundingClientRect().top < innerHeight / 2);
  for (const { link } of places) link.removeAttribute("aria-current");
  above.at(-1)?.link.setAttribute("aria-current", "true");
}
if (places.length) {
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(follow);
    waiting = true;
  });
  follow();
}
