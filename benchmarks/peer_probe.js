// What live_figure_peers.py asks a page.

globalThis.all = (selector, root = document) => [
  ...root.querySelectorAll(selector),
  ...[...root.querySelectorAll("*")].flatMap((n) => (n.shadowRoot ? all(selector, n.shadowRoot) : [])),
];

// One function a slider, which moves it to stop k by the event that its kind of slider listens to.
// Bokeh's takes one step to the right, so it must be asked for the stops in their order.
globalThis.movers = [
  ...all("input[type=range]").map((input) => (k) => {
    input.value = Number(input.min) + k * (Number(input.step) || 1);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }),
  ...all(".noUi-handle").map((handle) => () => {
    handle.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  }),
  ...all(".slider-rail-touch-rect").map((rail, i) => (k) => {
    const { left, width, top, height } = rail.getBoundingClientRect();
    const clientX = left + 10 + (k / [12, 50][i]) * (width - 20);
    const place = { bubbles: true, clientX, clientY: top + height / 2 };
    rail.dispatchEvent(new MouseEvent("mousedown", place));
    rail.dispatchEvent(new MouseEvent("mouseup", place));
  }),
];

// Milliseconds from event to return of n moves, two frames apart; no slider i, no move.
globalThis.timesOf = async (i, n) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const times = [];
  for (let k = 1; k <= n; k++) {
    const start = performance.now();
    movers.at(i)?.(k);
    times.push(performance.now() - start);
    await frame();
    await frame();
  }
  return times;
};

globalThis.sliderHasFocus = () => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.matches("input[type=range], [role=slider]") ?? false;
};

globalThis.hasPicture = () =>
  [...document.querySelectorAll("svg, img")].some((node) => {
    const { width, height } = node.getBoundingClientRect();
    const marks = node.tagName === "IMG" ? node.naturalWidth : node.querySelectorAll("path").length;
    return marks > 0 && width > 200 && height > 100;
  });

// The page's head and title are ours, not the figure's: only the body is judged.
globalThis.seriousFindings = async () =>
  (await axe.run(document.body)).violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) => `\`${id}\` (${impact}, ${nodes.length})`);

0; // a value that is no function, which the caller would call
