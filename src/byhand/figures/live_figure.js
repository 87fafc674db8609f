// The browser's half of LiveFigure: sliders that look frames up and move what matplotlib has drawn.
// No mathematics of the course happens here; every number and every word was made by the core.

const MISSING = -(2 ** 30);
const GRID = 10; // frames are in tenths of a point
const WIDE = 600; // CSS pixels from which the wide layout is shown
const QUIET = 500; // milliseconds without a change before the readout is spoken
const REACH = 14; // points from an artist within which pointing at it counts

export default { render };

function render({ model, el }) {
  const spec = JSON.parse(model.get("spec"));
  const name = model.get("name");
  const unique = Math.random().toString(36).slice(2, 8); // one figure may stand on a page twice
  const saved = memory(name);
  const end = new AbortController();
  const on = (target, type, listener) => target.addEventListener(type, listener, { signal: end.signal });
  const at = spec.sliders.map((s) => Math.max(0, nearest(s, model.get(s.name))));
  let frames = null; // {arrays, strings}, once inflated
  let layout = null; // the drawing that is on the page
  let pointed = 0; // the explanation that is shown
  let chosen = false; // whether the reader chose it
  let locked = Boolean(spec.ask) && !answered();
  let playing = 0; // the animation frame that is due
  let timer = 0; // the readout that will be spoken
  let news = ""; // tasks done since it was spoken last

  // ---------------------------------------------------------------- the page

  const root = make("div", { class: "lf" });
  const drawing = make("div", { class: "lf-drawing", role: "img", "aria-label": model.get("alt") });
  const controls = make("div", { class: "lf-controls" });
  const readout = make("p", { class: "lf-readout" });
  const spoken = make("p", { class: "lf-spoken", "aria-live": "polite" });
  const question = spec.ask && askBox();
  const stepper = spec.steps && stepBox();
  const inputs = spec.sliders.map(sliderRow);
  const player = playButton();
  const formula = spec.explain.length ? explainBox() : null;
  const tasks = spec.tasks.length ? taskList() : null;
  root.append(...[question, drawing, stepper, controls, readout, spoken, formula, tasks].filter(Boolean));
  if (model.static) root.append(linkButton());
  el.replaceChildren(root);
  fit();
  lock();
  speakValues();

  const watcher = new ResizeObserver(() => requestAnimationFrame(fit));
  watcher.observe(root);
  const followers = spec.sliders.map((s, i) => [`change:${s.name}`, () => follow(i)]);
  followers.forEach(([event, listener]) => model.on(event, listener));
  if (model.static) {
    readAddress();
    on(window, "hashchange", readAddress);
  }
  inflate(model.get("frames"), spec).then((all) => {
    if (end.signal.aborted) return;
    frames = all;
    update();
    root.dataset.ready = "true";
    if (spec.autoplay) playWhenSeen();
  });

  return () => {
    end.abort();
    watcher.disconnect();
    pause();
    clearTimeout(timer);
    followers.forEach(([event, listener]) => model.off(event, listener));
  };

  // ---------------------------------------------------------------- pieces of the page

  function sliderRow(s, i) {
    const id = `lf-${name}-${unique}-${s.name}`;
    const last = s.stops.length - 1;
    const input = make("input", { id, type: "range", min: 0, max: last, step: 1, value: at[i], autocomplete: "off" });
    const output = make("output", { for: id, "aria-live": "off" });
    const go = () => {
      pause();
      move(i, Number(input.value));
    };
    on(input, "input", go);
    on(input, "keydown", (event) => {
      const way = { PageUp: 1, PageDown: -1 }[event.key];
      if (!way) return;
      event.preventDefault(); // browsers stride a tenth, which is one stop of ten: a stride is two at least
      input.value = Number(input.value) + way * Math.max(2, Math.round(last / 5));
      go();
    });
    controls.append(make("div", { class: "lf-slider" }, make("label", { for: id }, s.label), input, output));
    return { input, output };
  }

  function playButton() {
    const node = button("", () => (playing ? pause() : play()), { class: "lf-play" });
    node.paint = () => {
      const label = spec.sliders[playedSlider()].label;
      node.textContent = playing ? "❚❚ Pause" : "▶ Play";
      node.setAttribute("aria-label", `${playing ? "Pause" : "Play through"} ${label}`);
    };
    controls.append(node);
    node.paint();
    return node;
  }

  function answered() {
    return saved.answer === "" || spec.ask.answers.some(([answer]) => answer === saved.answer);
  }

  function askBox() {
    const comment = make("p", { class: "lf-comment", "aria-live": "polite" });
    const choose = (answer) => {
      saved.answer = answer;
      saved.keep();
      locked = false;
      lock();
      inputs[0].input.focus({ preventScroll: true });
    };
    const options = spec.ask.answers.map(([answer]) => button(answer, () => choose(answer), { class: "lf-answer" }));
    const skip = button("just let me play", () => choose(""), { class: "lf-skip" });
    const box = make("fieldset", { class: "lf-ask" }, make("legend", {}, spec.ask.question), ...options, comment,
      make("p", { class: "lf-wait" }, "The sliders wait for your guess, or ", skip, "."));
    box.paint = () => {
      const k = spec.ask.answers.findIndex(([answer]) => answer === saved.answer);
      options.forEach((option, j) => option.setAttribute("aria-pressed", j === k));
      if (k < 0) return;
      const holds = k === spec.ask.right;
      comment.dataset.holds = holds;
      comment.textContent = `${holds ? "It does." : "Not quite."} ${spec.ask.answers[k][1]}`;
    };
    return box;
  }

  function stepBox() {
    const { slider, sentences } = spec.steps;
    const sentence = make("p", { class: "lf-step", "aria-live": "polite" });
    const go = (by) => () => {
      pause();
      move(slider, Math.min(Math.max(at[slider] + by, 0), sentences.length - 1));
    };
    const back = button("← Back", go(-1));
    const next = button("Next →", go(1));
    const box = make("div", { class: "lf-steps" }, back, sentence, next);
    box.paint = () => {
      sentence.textContent = `${at[slider] + 1} of ${sentences.length}. ${sentences[at[slider]]}`;
      back.disabled = locked || at[slider] === 0;
      next.disabled = locked || at[slider] === sentences.length - 1;
    };
    return box;
  }

  function explainBox() {
    const text = make("p", { class: "lf-formula" });
    const chips = spec.explain.map((entry, k) => button(entry.label, () => point(k)));
    const group = make("div", { class: "lf-chips", role: "group", "aria-label": "Show the numbers of" },
      make("span", { "aria-hidden": "true" }, "Show the numbers of"), ...chips);
    const box = make("div", { class: "lf-explain" }, group, text);
    box.paint = () => {
      chips.forEach((chip, k) => chip.setAttribute("aria-pressed", k === pointed));
      text.textContent = sentenceOf(spec.explain[pointed]);
      spec.explain.forEach(({ gid }, k) => nodeOf(gid)?.classList.toggle("lf-pointed", chosen && k === pointed));
    };
    on(drawing, "pointermove", (event) => event.pointerType === "mouse" && pointAt(event));
    on(drawing, "pointerdown", pointAt);
    return box;
  }

  function point(k) {
    [pointed, chosen] = [k, true];
    if (frames) formula.paint();
  }

  function pointAt({ clientX, clientY }) {
    const box = drawing.firstElementChild.getBoundingClientRect();
    const scale = layout.width / box.width;
    const [x, y] = [(clientX - box.left) * scale, (clientY - box.top) * scale];
    const away = spec.explain.map(({ gid }) => {
      const moved = layout.moved.find(({ artist }) => artist.gid === gid);
      return distance(moved.now, x, y, moved.lines.length > 0);
    });
    const best = Math.min(...away);
    const found = away.indexOf(best);
    if (best < REACH && !(chosen && found === pointed)) point(found);
  }

  function taskList() {
    saved.done = Array.isArray(saved.done) ? saved.done : [];
    const items = spec.tasks.map(({ text }) => {
      const mark = make("span", { class: "lf-mark", "aria-hidden": "true" });
      return make("li", {}, mark, make("span", {}, text), make("span", { class: "lf-spoken" }));
    });
    const list = make("ul", { class: "lf-tasks", "aria-label": "Tasks" }, ...items);
    list.paint = () => spec.tasks.forEach(({ text }, k) => {
      const done = saved.done.includes(text);
      items[k].dataset.done = done;
      items[k].lastChild.textContent = done ? " (done)" : " (open)";
    });
    list.check = () => spec.tasks.forEach(({ text, when }) => {
      if (saved.done.includes(text) || !lookup(when)[0]) return;
      saved.done.push(text);
      saved.keep();
      news += `Done: ${text} `;
    });
    list.paint();
    return list;
  }

  function linkButton() {
    const words = "Link to this setting";
    const node = button(words, async () => {
      const query = spec.sliders.map((s, i) => `${s.name}=${encodeURIComponent(s.stops[at[i]])}`).join("&");
      history.replaceState(null, "", `#fig-${name}?${query}`);
      const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
      node.textContent = copied ? "Copied" : "The address bar has it";
      setTimeout(() => (node.textContent = words), 2000);
    }, { class: "lf-link" });
    return node;
  }

  function button(words, listener, attributes = {}) {
    const node = make("button", { type: "button", ...attributes }, words);
    on(node, "click", listener);
    return node;
  }

  // ---------------------------------------------------------------- what happens

  function move(i, stop, byReader = true) {
    if (locked || at[i] === stop || stop < 0) return;
    at[i] = stop;
    if (frames && byReader) tasks?.check();
    update(true);
    model.set(spec.sliders[i].name, spec.sliders[i].stops[stop]);
    model.save_changes();
  }

  function follow(i) {
    const stop = nearest(spec.sliders[i], model.get(spec.sliders[i].name));
    if (stop === at[i] || stop < 0) return;
    at[i] = stop;
    update(true);
  }

  function update(changed = false) {
    speakValues();
    if (!frames) return;
    layout.moved.forEach(draw);
    readout.textContent = sentenceOf(spec.readout);
    stepper?.paint();
    formula?.paint();
    tasks?.paint();
    if (!changed) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      spoken.textContent = news + readout.textContent;
      news = "";
    }, QUIET);
  }

  function speakValues() {
    inputs.forEach(({ input, output }, i) => {
      const text = spec.sliders[i].texts[at[i]];
      if (Number(input.value) !== at[i]) input.value = at[i];
      input.setAttribute("aria-valuetext", `${spec.sliders[i].label} ${text}`);
      output.textContent = text;
    });
  }

  function lock() {
    root.dataset.locked = locked;
    for (const { input } of inputs) input.disabled = locked;
    player.disabled = locked;
    question?.paint();
    stepper?.paint();
  }

  function playedSlider() {
    if (spec.steps) return spec.steps.slider;
    const epochs = spec.sliders.findIndex((s) => s.name === "epochs");
    return epochs >= 0 ? epochs : spec.sliders.length - 1;
  }

  function play(byReader = true) {
    if (locked || playing) return;
    const i = playedSlider();
    const last = spec.sliders[i].stops.length - 1;
    const pace = wantsRest() ? 1000 : Math.max(40, 5000 / (last + 1));
    if (at[i] === last) move(i, 0, byReader);
    let due = performance.now() + pace;
    const tick = (now) => {
      if (now >= due) {
        due = now + pace;
        move(i, at[i] + 1, byReader);
      }
      if (at[i] >= last) return pause();
      playing = requestAnimationFrame(tick);
    };
    playing = requestAnimationFrame(tick);
    player.paint();
  }

  function pause() {
    if (!playing) return;
    cancelAnimationFrame(playing);
    playing = 0;
    player.paint();
  }

  function playWhenSeen() {
    if (wantsRest() || location.hash.startsWith(`#fig-${name}?`)) return;
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      play(false);
    }, { threshold: 0.5 });
    seen.observe(drawing);
    on(end.signal, "abort", () => seen.disconnect());
    on(root, "pointerdown", () => seen.disconnect());
    on(root, "keydown", () => seen.disconnect());
  }

  function readAddress() {
    const [place, query] = location.hash.slice(1).split("?");
    if (place !== `fig-${name}` || !query) return;
    const wanted = new URLSearchParams(query);
    pause();
    locked = false;
    lock();
    spec.sliders.forEach((s, i) => {
      const value = wanted.get(s.name);
      if (value) move(i, nearest(s, s.stops.includes(value) ? value : Number(value)), false);
    });
    root.scrollIntoView({ block: "center" });
  }

  // ---------------------------------------------------------------- the drawing

  function fit() {
    const room = root.clientWidth;
    const wide = room ? room >= WIDE : (layout?.wide ?? true);
    if (layout?.wide === wide) return;
    const prefix = `${name}-${wide ? "w" : "n"}-`;
    drawing.innerHTML = model.get(wide ? "svg_wide" : "svg_narrow").replaceAll(prefix, `${prefix}${unique}-`);
    drawing.dataset.layout = wide ? "wide" : "narrow";
    const k = wide ? 0 : 1;
    layout = { wide, k, ...spec.layouts[k] };
    layout.moved = spec.artists.map((artist) => {
      const group = nodeOf(artist.gid);
      const arrow = nodeOf(`${artist.gid}arrow`);
      const lines = [...((arrow ?? group)?.querySelectorAll(":scope > path") ?? [])];
      const uses = [...(group?.querySelectorAll("use") ?? [])];
      const strokes = uses.concat(lines).map((mark) => parseFloat(mark.style.strokeWidth || 1));
      return { artist, group, arrow, lines, uses, strokes, now: [] };
    });
    if (frames) update();
  }

  function nodeOf(gid) {
    return drawing.querySelector(`[id$="-${gid}"]`);
  }

  function draw(node) {
    const { artist, group, arrow } = node;
    if (!group) return;
    const points = (node.now = artist.x || artist.figure ? place(artist) : []);
    let shown = !artist.visible || lookup(artist.visible)[0] === 1;
    if (artist.kind === "line") drawLine(node, points);
    if (artist.kind === "points") drawPoints(node, points);
    if (artist.kind === "image") drawImage(node);
    if (artist.kind === "path") shown = drawPath(node.lines, artist.codes, points) && shown;
    if (artist.kind === "text" && (artist.x || artist.figure)) {
      shown &&= Boolean(points[0]);
      const [x, y] = artist.home[layout.k];
      if (shown) group.setAttribute("transform", `translate(${round(points[0][0] - x)} ${round(points[0][1] - y)})`);
      if (arrow) show(arrow, shown && drawPath(node.lines, artist.codes.slice(1), points.slice(1)));
    }
    if (artist.text) group.querySelector("text").textContent = textOf(artist.text);
    show(group, shown);
  }

  function drawLine({ artist, lines, uses }, points) {
    let d = "";
    let pen = "M";
    for (const p of points) {
      if (p) d += `${pen}${p[0]} ${p[1]}`;
      pen = p ? "L" : "M";
    }
    lines[0]?.setAttribute("d", d);
    if (!uses.length) return;
    const marks = points.filter((_, k) => k % artist.each === artist.each - 1);
    while (uses.length < marks.length) {
      const copy = uses[0].cloneNode();
      uses.at(-1).after(copy);
      uses.push(copy);
    }
    uses.forEach((use, k) => {
      show(use, marks[k]);
      if (!marks[k]) return;
      use.setAttribute("x", marks[k][0]);
      use.setAttribute("y", marks[k][1]);
    });
  }

  function drawPoints(node, points) {
    const { artist, uses, lines, strokes } = node;
    const home = artist.home[layout.k];
    const sizes = artist.sizes && lookup(artist.sizes);
    const levels = artist.levels && lookup(artist.levels);
    (uses.length ? uses : lines).forEach((mark, k) => {
      show(mark, points[k]);
      if (!points[k]) return;
      const size = sizes ? sizes[k] / 100 : 1;
      const to = points[k].join(" ");
      mark.setAttribute("transform", `translate(${to}) scale(${size}) translate(${-home[2 * k]} ${-home[2 * k + 1]})`);
      if (sizes) mark.style.strokeWidth = size ? strokes[k] / size : 0;
      if (levels) mark.style.fill = rgba(artist.colours[levels[k]]);
      if (levels && artist.edge) mark.style.stroke = mark.style.fill;
    });
  }

  function drawImage(node) {
    const { artist, group } = node;
    const levels = lookup(artist.levels);
    if (node.painted === levels.byteOffset) return;
    node.painted = levels.byteOffset;
    const [rows, columns] = artist.shape;
    const canvas = make("canvas", { width: columns, height: rows });
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(columns, rows);
    levels.forEach((level, k) => pixels.data.set(artist.colours[level], 4 * k));
    context.putImageData(pixels, 0, 0);
    const image = group.tagName === "image" ? group : group.querySelector("image");
    const [x0, y0, width, height] = layout.axes[artist.axes];
    const [left, top, wide, high] = artist.box;
    const place = { x: x0 + left * width, y: layout.height - y0 - (1 - top) * height, width: wide * width, height: high * height };
    Object.entries(place).forEach(([key, value]) => image.setAttribute(key, value));
    image.removeAttribute("transform");
    image.setAttribute("preserveAspectRatio", "none");
    image.style.imageRendering = "pixelated";
    image.setAttribute("href", canvas.toDataURL());
  }

  // Points of an artist in the drawing's own units, null where there is nothing.
  function place(artist) {
    const arrays = artist.figure ? artist.figure[layout.k] : [artist.x, artist.y];
    const [xs, ys] = arrays.map((array) => lookup(array, artist.trail));
    const [x0, y0, width, height] = layout.axes[artist.axes] ?? [0, 0, 1, 1];
    const [sx, sy] = spec.scale[artist.axes] ?? [GRID, GRID];
    const up = artist.figure ? (y) => y / sy : (y) => layout.height - y0 - (y / sy) * height;
    return Array.from(xs, (x, k) =>
      x === MISSING || ys[k] === MISSING ? null : [round(x0 + (x / sx) * width), round(up(ys[k]))]);
  }

  // The numbers of one frame; with a trail, those of all stops up to the present one, in a row.
  function lookup(array, trail = -1) {
    const numbers = frames.arrays[array.at];
    const size = spec.arrays[array.at][2];
    const first = size * array.strides.reduce((sum, stride, i) => sum + (i === trail ? 0 : stride * at[i]), 0);
    if (trail < 0) return numbers.subarray(first, first + size);
    const step = size * array.strides[trail];
    return Array.from({ length: size * (at[trail] + 1) }, (_, k) =>
      numbers[first + Math.floor(k / size) * step + (k % size)]);
  }

  function textOf(field) {
    return frames.strings[field.strings][lookup(field)[0]];
  }

  function sentenceOf({ pieces, fields }) {
    return pieces.map((piece, k) => piece + (fields[k] ? textOf(fields[k]) : "")).join("");
  }
}

// ------------------------------------------------------------------ what needs no figure

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function show(node, shown) {
  node.setAttribute("display", shown ? "inline" : "none");
}

function wantsRest() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// The number of the stop nearest to a value (by ratio where the stops span decades); -1 when there is none.
function nearest({ stops }, value) {
  if (typeof stops[0] === "string") return stops.indexOf(value);
  const measure = stops[0] > 0 && stops.at(-1) / stops[0] >= 10 ? Math.log : Number;
  const away = stops.map((stop) => Math.abs(measure(stop) - measure(value)));
  return away.indexOf(Math.min(...away));
}

// What this browser remembers of a figure: {answer, done}; keep() stores it.
function memory(name) {
  let saved = null;
  try {
    saved = JSON.parse(localStorage.getItem(`byhand:${name}`));
  } catch {
    // a browser that keeps nothing, or something else under our name: start afresh
  }
  saved = { answer: saved?.answer, done: saved?.done };
  const keep = () => {
    try {
      localStorage.setItem(`byhand:${name}`, JSON.stringify(saved));
    } catch {
      // nothing is kept
    }
  };
  return Object.defineProperty(saved, "keep", { value: keep });
}

function drawPath(lines, codes, points) {
  if (points.some((p) => !p) || !points.length) return false;
  const takes = { M: 1, L: 1, Q: 2, C: 3, Z: 0 };
  let k = 0;
  codes.split("|").forEach((letters, line) => {
    const pieces = [...letters].map((letter) => letter + points.slice(k, (k += takes[letter])).flat().join(" "));
    lines[line]?.setAttribute("d", pieces.join(""));
  });
  return true;
}

// How far (x, y) is from the nearest point, or from the nearest stretch between two.
function distance(points, x, y, joined) {
  let best = Infinity;
  points.forEach((p, k) => {
    if (!p) return;
    const q = (joined && points[k + 1]) || p;
    const [dx, dy] = [q[0] - p[0], q[1] - p[1]];
    const t = Math.min(1, Math.max(0, ((x - p[0]) * dx + (y - p[1]) * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, Math.hypot(x - p[0] - t * dx, y - p[1] - t * dy));
  });
  return best;
}

function rgba([r, g, b, a]) {
  return `rgba(${r},${g},${b},${a / 255})`;
}

function round(number) {
  return Math.round(number * 100) / 100;
}

// Read what codec.py wrote: differences in bytes of seven bits, then the strings.
async function inflate(data, spec) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let next = 0;
  const arrays = spec.arrays.map(([order, count, size, rows]) => {
    const numbers = new Int32Array(count);
    for (let k = 0; k < count; k++) {
      let value = 0;
      let weight = 1;
      let byte = 128;
      while (byte >= 128) {
        byte = bytes[next++];
        value += (byte & 127) * weight;
        weight *= 128;
      }
      const signed = value % 2 ? -(value + 1) / 2 : value / 2;
      const along = order === 1 ? k % size && 1 : order === 2 ? Math.floor(k / size) % rows && size : 0;
      numbers[k] = signed + (along ? numbers[k - along] : 0);
    }
    return numbers;
  });
  return { arrays, strings: JSON.parse(new TextDecoder().decode(bytes.subarray(next))) };
}
