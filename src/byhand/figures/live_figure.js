// The browser's half of LiveFigure: sliders that look frames up and move what matplotlib has drawn.
// No mathematics of the course happens here; every number and every word was made by the core.

const MISSING = -(2 ** 30);
const GRID = 10; // frames are in tenths of a point
const WIDE = 600; // CSS pixels from which the wide layout is shown

export default { render };

function render({ model, el }) {
  const spec = JSON.parse(model.get("spec"));
  const name = model.get("name");
  const saved = memory(name);
  const stop = new AbortController();
  const on = (target, type, listener, options) =>
    target.addEventListener(type, listener, { ...options, signal: stop.signal });
  let frames = null; // {arrays, strings}, once inflated
  let layout = null; // the drawing that is on the page
  let pointed = 0; // the explanation that is shown
  let chosen = false; // whether the reader chose it
  let locked = Boolean(spec.ask) && saved.answer === undefined;
  let playing = 0;
  const at = spec.sliders.map((s) => nearest(s, model.get(s.name)));

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

  const watcher = new ResizeObserver(fit);
  watcher.observe(root);
  spec.sliders.forEach((s, i) => model.on(`change:${s.name}`, follow(i)));
  if (model.static) {
    readAddress();
    on(window, "hashchange", readAddress);
  }
  inflate(model.get("frames"), spec).then((all) => {
    if (stop.signal.aborted) return;
    frames = all;
    update();
    root.dataset.ready = "true";
    if (spec.autoplay) playWhenSeen();
  });

  return () => {
    stop.abort();
    watcher.disconnect();
    pause();
    model.off();
  };

  // ---------------------------------------------------------------- pieces of the page

  function sliderRow(s, i) {
    const id = `lf-${name}-${s.name}-${Math.random().toString(36).slice(2, 8)}`;
    const input = make("input", {
      id, type: "range", min: 0, max: s.stops.length - 1, step: 1, value: at[i], autocomplete: "off",
    });
    const output = make("output", { for: id });
    const row = make("div", { class: "lf-slider" }, make("label", { for: id }, s.label), input, output);
    on(input, "input", () => {
      pause();
      move(i, Number(input.value));
    });
    controls.append(row);
    return { input, output };
  }

  function playButton() {
    const main = playedSlider();
    const button = make("button", { type: "button", class: "lf-play" });
    const paint = () => {
      button.textContent = playing ? "❚❚ Pause" : "▶ Play";
      button.setAttribute("aria-label", `${playing ? "Pause" : "Play through"} ${spec.sliders[main].label}`);
    };
    on(button, "click", () => (playing ? pause() : play()));
    controls.append(button);
    paint();
    return { button, paint };
  }

  function askBox() {
    const comment = make("p", { class: "lf-comment", "aria-live": "polite" });
    const group = `lf-${name}-ask-${Math.random().toString(36).slice(2, 8)}`;
    const skip = make("button", { type: "button", class: "lf-skip" }, "just let me play");
    const options = spec.ask.answers.map(([answer], k) => {
      const radio = make("input", { type: "radio", name: group, value: k });
      on(radio, "change", () => choose(k));
      return make("label", { class: "lf-answer" }, radio, make("span", {}, answer));
    });
    const box = make("fieldset", { class: "lf-ask" }, make("legend", {}, spec.ask.question),
      ...options, comment, make("p", { class: "lf-wait" }, "The sliders wait for your guess, or ", skip, "."));
    on(skip, "click", () => choose(-1));
    const choose = (k) => {
      saved.answer = k;
      saved.keep();
      locked = false;
      showChoice();
      lock();
      inputs[0].input.focus({ preventScroll: true });
    };
    const showChoice = () => {
      const k = saved.answer;
      box.dataset.answered = String(k !== undefined);
      if (k === undefined || k < 0) return;
      options.forEach((label, j) => {
        label.dataset.chosen = String(j === k);
        label.firstChild.checked = j === k;
      });
      const holds = k === spec.ask.right;
      comment.dataset.holds = String(holds);
      comment.textContent = `${holds ? "It does." : "Not quite."} ${spec.ask.answers[k][1]}`;
    };
    showChoice();
    return box;
  }

  function stepBox() {
    const { slider, sentences } = spec.steps;
    const sentence = make("p", { class: "lf-step", "aria-live": "polite" });
    const go = (by) => () => {
      pause();
      move(slider, Math.min(Math.max(at[slider] + by, 0), sentences.length - 1));
    };
    const back = make("button", { type: "button" }, "← Back");
    const next = make("button", { type: "button" }, "Next →");
    on(back, "click", go(-1));
    on(next, "click", go(1));
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
    const buttons = spec.explain.map((entry, k) => {
      const button = make("button", { type: "button", "aria-pressed": k === pointed }, entry.label);
      on(button, "click", () => point(k));
      return button;
    });
    on(drawing, "pointermove", (event) => event.pointerType === "mouse" && pointAt(event));
    on(drawing, "pointerdown", pointAt);
    const box = make("div", { class: "lf-explain" },
      make("div", { class: "lf-chips", role: "group", "aria-label": "Show the formula of" }, ...buttons), text);
    box.paint = () => {
      buttons.forEach((button, k) => button.setAttribute("aria-pressed", k === pointed));
      text.textContent = sentenceOf(spec.explain[pointed]);
      layout.moved.forEach((node) => node.group.classList.remove("lf-pointed"));
      if (chosen) layout.byGid.get(spec.explain[pointed].gid)?.group.classList.add("lf-pointed");
    };
    return box;
  }

  function point(k) {
    [pointed, chosen] = [k, true];
    if (frames) formula.paint();
  }

  function pointAt(event) {
    const box = drawing.firstElementChild.getBoundingClientRect();
    const scale = layout.width / box.width;
    const x = (event.clientX - box.left) * scale;
    const y = (event.clientY - box.top) * scale;
    let best = 14;
    let found = -1;
    spec.explain.forEach((entry, k) => {
      const away = distance(layout.byGid.get(entry.gid)?.now ?? [], x, y);
      if (away < best) [best, found] = [away, k];
    });
    if (found >= 0 && !(chosen && found === pointed)) point(found);
  }

  function taskList() {
    saved.done ??= [];
    const items = spec.tasks.map((task) => {
      const mark = make("span", { class: "lf-mark", "aria-hidden": "true" });
      const state = make("span", { class: "lf-spoken" });
      return make("li", {}, mark, make("span", {}, task.text), state);
    });
    const list = make("ul", { class: "lf-tasks", "aria-label": "Tasks" }, ...items);
    list.paint = (touched) => {
      spec.tasks.forEach((task, k) => {
        if (touched && !saved.done[k] && lookup(task.when)[0]) {
          saved.done[k] = true;
          saved.keep();
          say(`Done: ${task.text}`);
        }
        items[k].dataset.done = String(Boolean(saved.done[k]));
        items[k].lastChild.textContent = saved.done[k] ? " (done)" : " (open)";
      });
    };
    list.paint(false);
    return list;
  }

  function linkButton() {
    const button = make("button", { type: "button", class: "lf-link" }, "Link to this setting");
    on(button, "click", async () => {
      const query = spec.sliders.map((s, i) => `${s.name}=${encodeURIComponent(s.stops[at[i]])}`).join("&");
      history.replaceState(null, "", `#fig-${name}?${query}`);
      try {
        await navigator.clipboard.writeText(location.href);
        button.textContent = "Copied";
      } catch {
        button.textContent = "The address bar has it";
      }
      setTimeout(() => (button.textContent = "Link to this setting"), 2000);
    });
    return button;
  }

  // ---------------------------------------------------------------- what happens

  function move(i, stopNumber) {
    if (locked || at[i] === stopNumber) return;
    at[i] = stopNumber;
    update(true);
    model.set(spec.sliders[i].name, spec.sliders[i].stops[stopNumber]);
    model.save_changes();
  }

  function follow(i) {
    return () => {
      const k = nearest(spec.sliders[i], model.get(spec.sliders[i].name));
      if (k === at[i]) return;
      at[i] = k;
      update(true);
    };
  }

  function update(touched = false) {
    speakValues();
    if (!frames) return;
    layout.moved.forEach(draw);
    readout.textContent = sentenceOf(spec.readout);
    if (touched) sayLater(readout.textContent);
    stepper?.paint();
    formula?.paint();
    tasks?.paint(touched);
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
    root.dataset.locked = String(locked);
    inputs.forEach(({ input }) => (input.disabled = locked));
    player.button.disabled = locked;
    stepper?.paint();
  }

  function say(text) {
    spoken.textContent = text;
  }

  function sayLater(text) {
    clearTimeout(sayLater.timer);
    sayLater.timer = setTimeout(() => say(text), 500);
  }

  function playedSlider() {
    if (spec.steps) return spec.steps.slider;
    const epochs = spec.sliders.findIndex((s) => s.name === "epochs");
    return epochs >= 0 ? epochs : spec.sliders.length - 1;
  }

  function play() {
    const i = playedSlider();
    const last = spec.sliders[i].stops.length - 1;
    const pace = matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : Math.max(40, 5000 / (last + 1));
    if (at[i] === last) move(i, 0);
    let due = performance.now() + pace;
    const tick = (now) => {
      if (now >= due) {
        due = now + pace;
        move(i, at[i] + 1);
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
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || location.hash.startsWith(`#fig-${name}?`)) return;
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      play();
    }, { threshold: 0.5 });
    seen.observe(drawing);
    stop.signal.addEventListener("abort", () => seen.disconnect());
    on(root, "pointerdown", () => seen.disconnect());
    on(root, "keydown", () => seen.disconnect());
  }

  function readAddress() {
    const [place, query] = location.hash.slice(1).split("?");
    if (place !== `fig-${name}` || !query) return;
    const wanted = new URLSearchParams(query);
    locked = false;
    lock();
    spec.sliders.forEach((s, i) => {
      if (wanted.has(s.name)) move(i, nearest(s, s.stops.includes(wanted.get(s.name)) ? wanted.get(s.name) : Number(wanted.get(s.name))));
    });
    root.scrollIntoView({ block: "center" });
  }

  // ---------------------------------------------------------------- the drawing

  function fit() {
    const wide = root.clientWidth >= WIDE || !root.clientWidth;
    if (layout && layout.wide === wide) return;
    drawing.innerHTML = model.get(wide ? "svg_wide" : "svg_narrow");
    drawing.dataset.layout = wide ? "wide" : "narrow";
    const k = wide ? 0 : 1;
    layout = { wide, k, ...spec.layouts[k], byGid: new Map() };
    layout.moved = spec.artists.map((artist) => {
      const group = drawing.querySelector(`[id$="-${artist.gid}"]`);
      const node = { artist, group, lines: [...(group?.querySelectorAll(":scope > path") ?? [])] };
      node.uses = [...(group?.querySelectorAll("use") ?? [])];
      node.now = [];
      if (artist.kind === "note") {
        const arrow = drawing.querySelector(`[id$="-${artist.gid}arrow"]`);
        node.lines = arrow ? [...arrow.querySelectorAll("path")] : [];
      }
      layout.byGid.set(artist.gid, node);
      return node;
    });
    if (frames) update();
  }

  function draw(node) {
    const { artist, group } = node;
    if (!group) return;
    let shown = !artist.visible || lookup(artist.visible)[0] === 1;
    const points = node.now = artist.x || artist.figure ? place(artist, at) : [];
    const home = artist.kind === "text" || artist.kind === "points" ? homeOf(artist) : [];
    if (artist.kind === "line") drawLine(node, points);
    if (artist.kind === "path") shown &&= drawPath(node.lines, artist.codes, points);
    if (artist.kind === "note") {
      const [first] = points;
      shown &&= Boolean(first);
      const rest = shown && drawPath(node.lines, artist.codes.slice(1), points.slice(1));
      node.lines.forEach((line) => (line.style.display = rest ? "" : "none"));
      if (first) shift(group, first, noteHome(artist));
    }
    if (artist.kind === "text" && points.length) {
      shown &&= Boolean(points[0]);
      if (points[0]) shift(group, points[0], home[0]);
    }
    if (artist.kind === "points") drawPoints(node, points, home);
    if (artist.text) {
      const words = group.querySelector("text");
      if (words) words.textContent = textOf(artist.text);
    }
    if (artist.kind === "image") drawImage(node);
    group.style.display = shown ? "" : "none";
  }

  function drawLine(node, points) {
    if (node.lines[0]) {
      let d = "";
      let pen = "M";
      for (const p of points) {
        if (p) d += `${pen}${p[0]} ${p[1]}`;
        pen = p ? "L" : "M";
      }
      node.lines[0].setAttribute("d", d);
    }
    if (!node.uses.length) return;
    while (node.uses.length < points.length) {
      const copy = node.uses[0].cloneNode();
      node.uses.at(-1).after(copy);
      node.uses.push(copy);
    }
    node.uses.forEach((use, k) => {
      const p = points[k];
      use.style.display = p ? "" : "none";
      if (!p) return;
      use.setAttribute("x", p[0]);
      use.setAttribute("y", p[1]);
    });
  }

  function drawPoints(node, points, home) {
    const marks = node.uses.length ? node.uses : node.lines;
    const sizes = node.artist.sizes && lookup(node.artist.sizes);
    const levels = node.artist.levels && lookup(node.artist.levels);
    marks.forEach((mark, k) => {
      const p = points.length ? points[k] : home[k];
      mark.style.display = p ? "" : "none";
      if (!p) return;
      const size = sizes ? sizes[k] / 100 : 1;
      const [x, y] = home[k];
      mark.setAttribute("transform", `translate(${p[0]} ${p[1]}) scale(${size}) translate(${-x} ${-y})`);
      if (levels) mark.style.fill = mark.style.stroke = `rgba(${rgba(node.artist.colours[levels[k]])})`;
    });
  }

  function drawImage({ artist, group }) {
    const [rows, columns] = artist.shape;
    const levels = lookup(artist.levels);
    const canvas = make("canvas", { width: columns, height: rows });
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(columns, rows);
    levels.forEach((level, k) => pixels.data.set(artist.colours[level], 4 * k));
    context.putImageData(pixels, 0, 0);
    const image = group.tagName === "image" ? group : group.querySelector("image");
    image.setAttribute("preserveAspectRatio", "none");
    image.style.imageRendering = "pixelated";
    image.setAttribute("href", canvas.toDataURL());
  }

  // Points of an artist in the drawing's own units, null where there is nothing.
  function place(artist, where) {
    const far = artist.figure ? artist.figure[layout.k] : [artist.x, artist.y];
    const [xs, ys] = far.map((array) => (artist.trail === undefined ? lookup(array, where) : trailOf(array, artist.trail, where)));
    const points = new Array(xs.length);
    const [x0, y0, width, height] = artist.figure ? [] : layout.axes[artist.axes];
    const [sx, sy] = artist.figure ? [] : spec.scale[artist.axes];
    for (let k = 0; k < xs.length; k++) {
      if (xs[k] === MISSING || ys[k] === MISSING) points[k] = null;
      else if (artist.figure) points[k] = [xs[k] / GRID, ys[k] / GRID];
      else points[k] = [round(x0 + (xs[k] / sx) * width), round(layout.height - y0 - (ys[k] / sy) * height)];
    }
    return points;
  }

  // Where matplotlib drew the artist: at the start, or in the middle when the start has nothing.
  function homeOf(artist) {
    if (!artist.x) return [];
    const [x0, y0, width, height] = layout.axes[artist.axes];
    const middle = [x0 + width / 2, layout.height - y0 - height / 2];
    return place(artist, spec.sliders.map((s) => s.start)).map((p) => p ?? middle);
  }

  function noteHome(artist) {
    return place(artist, spec.sliders.map((s) => s.start))[0];
  }

  // ---------------------------------------------------------------- looking frames up

  function lookup(array, where = at) {
    const numbers = frames.arrays[array.at];
    const size = spec.arrays[array.at][2];
    const first = size * array.strides.reduce((sum, stride, i) => sum + stride * where[i], 0);
    return numbers.subarray(first, first + size);
  }

  function trailOf(array, slider, where) {
    const numbers = frames.arrays[array.at];
    const stride = array.strides[slider];
    const first = array.strides.reduce((sum, s, i) => sum + (i === slider ? 0 : s * where[i]), 0);
    return Array.from({ length: where[slider] + 1 }, (_, k) => numbers[first + k * stride]);
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

function nearest(slider, value) {
  if (typeof slider.stops[0] === "string") return Math.max(0, slider.stops.indexOf(value));
  let best = 0;
  slider.stops.forEach((stop, k) => {
    if (Math.abs(stop - value) < Math.abs(slider.stops[best] - value)) best = k;
  });
  return best;
}

function memory(name) {
  const key = `byhand:${name}`;
  let saved = {};
  try {
    saved = JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    // a browser that keeps nothing, or something else under our name: start afresh
  }
  saved.keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify(saved));
    } catch {
      // nothing is kept
    }
  };
  return saved;
}

function shift(group, [x, y], [x0, y0]) {
  group.setAttribute("transform", `translate(${round(x - x0)} ${round(y - y0)})`);
}

function drawPath(lines, codes, points) {
  if (points.some((p) => !p) || !points.length) return false;
  const takes = { M: 1, L: 1, Q: 2, C: 3, Z: 0 };
  let k = 0;
  codes.split("|").forEach((letters, line) => {
    let d = "";
    for (const letter of letters) {
      d += letter + points.slice(k, k + takes[letter]).map((p) => p.join(" ")).join(" ");
      k += takes[letter];
    }
    lines[line]?.setAttribute("d", d);
  });
  return true;
}

function distance(points, x, y) {
  let best = Infinity;
  points.forEach((p, k) => {
    if (!p) return;
    const q = points[k + 1] ?? p;
    const [dx, dy] = [q[0] - p[0], q[1] - p[1]];
    const t = Math.min(1, Math.max(0, ((x - p[0]) * dx + (y - p[1]) * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, Math.hypot(x - p[0] - t * dx, y - p[1] - t * dy));
  });
  return best;
}

function rgba([r, g, b, a]) {
  return `${r},${g},${b},${a / 255}`;
}

function round(number) {
  return Math.round(number * 100) / 100;
}

async function inflate(data, spec) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let next = 0;
  const arrays = spec.arrays.map(([order, count, size, rows]) => {
    const numbers = new Int32Array(count);
    for (let k = 0; k < count; k++) {
      let value = 0;
      let shift = 1;
      for (;;) {
        const byte = bytes[next++];
        value += (byte & 127) * shift;
        if (byte < 128) break;
        shift *= 128;
      }
      const signed = value % 2 ? -(value + 1) / 2 : value / 2;
      const along = order === 1 ? k % size && 1 : order === 2 ? Math.floor(k / size) % rows && size : 0;
      numbers[k] = signed + (along ? numbers[k - along] : 0);
    }
    return numbers;
  });
  const strings = JSON.parse(new TextDecoder().decode(bytes.subarray(next)));
  return { arrays, strings };
}
