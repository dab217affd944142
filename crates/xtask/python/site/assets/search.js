// Finds sections: every word of the question must begin a word of the section, in its heading, text or code; a heading counts most.
"use strict";

const letter = /[\p{L}\p{N}_]/u;

// How often `word` begins a word of `text`, and whether it ever is a whole one. Both are in lower case.
function occurrences(text, word) {
  let count = 0;
  let whole = false;
  for (let at = text.indexOf(word); at >= 0 && count < 20; at = text.indexOf(word, at + word.length)) {
    if (at > 0 && letter.test(text[at - 1]) && letter.test(word[0])) continue;
    count += 1;
    whole ||= !letter.test(text[at + word.length] ?? " ");
  }
  return { count, whole };
}

function score(section, words) {
  let sum = 0;
  for (const word of words) {
    let best = 0;
    for (const [field, weight] of [["title", 20], ["lesson", 6], ["text", 3], ["code", 1.5]]) {
      const { count, whole } = occurrences(section.lower[field], word);
      if (count) best += weight * (whole ? 1.5 : 1) * (1 + Math.log(count));
    }
    if (!best) return 0;
    sum += best;
  }
  // A lesson's beginning only says what comes.
  return section.title === section.lesson ? sum / 2 : sum;
}

// The best sections for a question, with the words that were looked for.
function search(sections, question) {
  const words = question.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return { words, hits: [] };
  for (const section of sections) {
    section.lower ??= Object.fromEntries(["title", "lesson", "text", "code"].map((field) => [field, section[field].toLowerCase()]));
  }
  const hits = sections
    .map((section) => ({ section, score: score(section, words) }))
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score);
  return { words, hits: hits.map((hit) => hit.section) };
}

// Around the first place where a word stands: in the text, or else a line of the code.
function excerpt(section, words) {
  const first = (text) => Math.min(...words.map((word) => text.indexOf(word)).filter((at) => at >= 0));
  const at = first(section.lower.text);
  if (Number.isFinite(at)) {
    const from = at < 60 ? 0 : section.text.indexOf(" ", at - 60) + 1;
    return { text: (from ? "… " : "") + beginning(section.text.slice(from)), code: false };
  }
  const line = section.code.split("\n").find((line) => words.some((word) => line.toLowerCase().includes(word)));
  return line ? { text: beginning(line.trim()), code: true } : { text: beginning(section.text), code: false };
}

// As much of a text as is shown, cut between words.
function beginning(text) {
  const SHOWN = 180;
  if (text.length <= SHOWN) return text;
  const end = text.lastIndexOf(" ", SHOWN);
  return text.slice(0, end > 0 ? end : SHOWN) + " …";
}

// Puts a text into an element, with the words marked.
function mark(element, text, words) {
  const escaped = [...words].sort((a, b) => b.length - a.length).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = new RegExp(`(?<![\\p{L}\\p{N}_])(${escaped.join("|")})`, "giu");
  let last = 0;
  for (const match of text.matchAll(found)) {
    element.append(text.slice(last, match.index));
    const hit = document.createElement("mark");
    hit.textContent = match[0];
    element.append(hit);
    last = match.index + match[0].length;
  }
  element.append(text.slice(last));
}
