// How far the notebook in front is: its kernel, and of each code cell its number, whether it runs, and its error.
const dialogs = [...document.querySelectorAll(".jp-Dialog-content")].map((dialog) => dialog.innerText);
if (!panel?.context?.isReady || !panel.sessionContext?.isReady || !panel.content?.widgets) {
  return { ready: false, dialogs };
}
const cells = [];
panel.content.widgets.forEach((cell, index) => {
  const model = cell.model;
  if (model.type !== "code" || !model.sharedModel.getSource().trim()) return;
  const outputs = model.outputs.toJSON();
  const error = outputs.find((output) => output.output_type === "error");
  cells.push({
    index,
    number: model.executionCount,
    running: model.executionState === "running",
    outputs: outputs.length,
    error: error ? `${error.ename}: ${error.evalue}` : null,
  });
});
return { ready: true, dialogs, kernel: panel.sessionContext.session?.kernel?.status ?? "none", cells };
