// The notebook that is on show; what comes before every script. `jupyterapp` is there because the server was started with
// --expose-app-in-browser.
const panel = [...(window.jupyterapp?.shell.widgets("main") ?? [])].find((widget) => widget.isVisible && widget.sessionContext);
