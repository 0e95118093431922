// Runs in every frame of a watched browser, before the frame's own scripts.

// What a test gives to page.evaluate may be compiled to name its inner functions by a helper of this name.
Object.assign(globalThis, { ['_'.repeat(2) + 'name']: (value) => value });

function listenForViolations() {
  window.addEventListener('securitypolicyviolation', (event) => {
    const where = `${event.sourceFile}:${event.lineNumber}`;
    globalThis.reportPolicyViolation?.(`${event.effectiveDirective} blocked ${event.blockedURI} (${where})`);
  });
}

// VS Code opens a webview's document anew to write the page into it, and that drops listeners.
const open = Reflect.get(Document.prototype, 'open');
Document.prototype.open = function openAndListen(...args) {
  const opened = Reflect.apply(open, this, args);
  listenForViolations();
  return opened;
};
listenForViolations();
