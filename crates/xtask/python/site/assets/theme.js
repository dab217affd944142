// The colours that the reader has chosen, set before anything is drawn; without a choice, the system's.
"use strict";
document.documentElement.classList.add("scripts");
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Some browsers keep nothing for pages from a folder.
}
