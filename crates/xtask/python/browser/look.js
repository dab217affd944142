// What a reader sees of one cell, scrolled to: its prompt, and in its outputs the text, tables, charts (SVG that is
// drawn), pictures (SVG with images in it, or any other image), and errors. Only what is visible and has a size counts.
const [index] = arguments;
const node = panel.content.widgets[index].node;
const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

// As wide as the cell lets it be, and not hidden in any of the ways there are.
const visible = (element) => {
  const box = element.getBoundingClientRect();
  const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
  return shown && box.width >= 8 && box.height >= 8;
};

// Whether an image has more than one colour.
const drawn = (image) => {
  const canvas = document.createElement("canvas");
  canvas.width = 128;
  canvas.height = Math.max(1, Math.round((128 * image.naturalHeight) / image.naturalWidth));
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return new Set(pixels).size > 1;
};

const kind = (image) => {
  const [head, body] = image.src.split(",", 2);
  if (!head.startsWith("data:image/svg+xml")) return "picture";
  const svg = head.endsWith(";base64") ? atob(body) : decodeURIComponent(body);
  return svg.includes("<image") ? "picture" : "chart";
};

return (async () => {
  await panel.content.scrollToItem(index, "start");
  node.scrollIntoView({ block: "start" });
  await frame();
  const outputs = [...node.querySelectorAll(".jp-OutputArea-child .jp-OutputArea-output")];
  const all = (selector) => outputs.flatMap((output) => [...output.querySelectorAll(selector)]);
  const images = all("img");
  // An image that cannot be decoded is one that the reader does not see.
  const broken = (await Promise.allSettled(images.map((image) => image.decode()))).map(
    (result, at) => result.status === "rejected" || !visible(images[at]) || !drawn(images[at]),
  );
  await frame();
  const whole = images.filter((_, at) => !broken[at]);
  return {
    prompt: node.querySelector(".jp-InputPrompt")?.innerText.trim() ?? "",
    outputs: outputs.filter(visible).length,
    text: outputs.map((output) => output.innerText.trim()).join("\n").trim(),
    charts: whole.filter((image) => kind(image) === "chart").length + all("svg").filter(visible).length,
    pictures: whole.filter((image) => kind(image) === "picture").length,
    tables: all("table").filter((table) => visible(table) && table.innerText.trim()).length,
    broken: images.filter((_, at) => broken[at]).map((image) => image.alt || image.src.slice(0, 60)),
    errors: all("*").filter((element) => element.dataset.mimeType === "application/vnd.jupyter.error").length
      + outputs.filter((output) => output.dataset.mimeType === "application/vnd.jupyter.error").length,
    dark: document.body.dataset.jpThemeLight === "false",
  };
})();
