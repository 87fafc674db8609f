// Wakes the live figures of a page without a kernel. A figure is an anywidget front-end module (AFM): its default
// export has render({model, el}) and perhaps initialize({model}). This file gives it a model made of the state that
// the page carries and an element that holds its first frame. If one fails, its filmstrip is shown; the others live.

const models = new Map(); // model id → promise of {model, widget}

class Model {
  static = true; // there is no kernel behind this model
  #state;
  #listeners = new Map();

  constructor(state) {
    this.#state = state;
  }

  get(key) {
    return this.#state[key];
  }

  set(key, value) {
    const changes = typeof key === "object" ? key : { [key]: value };
    const changed = Object.keys(changes).filter((name) => this.#state[name] !== changes[name]);
    Object.assign(this.#state, changes);
    for (const name of changed) this.#emit(`change:${name}`, this, changes[name]);
    if (changed.length) this.#emit("change", this);
  }

  save_changes() {}

  send() {}

  on(names, callback) {
    for (const name of names.split(" ")) {
      this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), callback]);
    }
  }

  off(names, callback) {
    for (const name of names ? names.split(" ") : [...this.#listeners.keys()]) {
      const kept = (this.#listeners.get(name) ?? []).filter((each) => callback && each !== callback);
      this.#listeners.set(name, kept);
    }
  }

  #emit(name, ...values) {
    for (const callback of this.#listeners.get(name) ?? []) callback(...values);
  }
}

function decode({ path, data }, state) {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const owner = path.slice(0, -1).reduce((value, key) => value[key], state);
  owner[path.at(-1)] = new DataView(bytes.buffer);
}

function drawing(figure, size) {
  const holder = figure.querySelector(`.byhand-${size}`);
  return holder.innerHTML.replaceAll(holder.dataset.prefix, "");
}

/** Where a figure's module is: a file beside this one or, in the offline copy, a text that came as a script. */
function address(module) {
  const text = globalThis.byhandModules?.[module];
  return text ? URL.createObjectURL(new Blob([text], { type: "text/javascript" })) : new URL(module, import.meta.url);
}

async function start(figure) {
  const { module, state, buffers } = JSON.parse(figure.querySelector(":scope > script").textContent);
  for (const buffer of buffers) decode(buffer, state);
  state.svg_wide = drawing(figure, "wide");
  state.svg_narrow = drawing(figure, "narrow");
  const model = new Model(state);
  const exported = (await import(address(module))).default;
  const widget = typeof exported === "function" ? await exported() : exported;
  await widget.initialize?.({ model, signal: new AbortController().signal });
  return { model, widget };
}

/** Wakes one figure; returns the function that puts it to sleep again. */
export async function wake(figure) {
  const id = figure.dataset.model;
  const control = new AbortController();
  try {
    if (!models.has(id)) models.set(id, start(figure));
    const { model, widget } = await models.get(id);
    const el = figure.querySelector(".byhand-live");
    const cleanup = await widget.render({ model, el, signal: control.signal });
    figure.classList.add("byhand-alive");
    return () => {
      control.abort();
      cleanup?.();
    };
  } catch (error) {
    control.abort();
    figure.classList.add("byhand-failed");
    console.error(`The live figure ${figure.id} could not start.`, error);
    return () => {};
  }
}

await Promise.all([...document.querySelectorAll("figure.byhand-figure")].map(wake));

// An address such as #fig-one-node?epochs=40 names a figure and a situation: the figure reads the situation.
const named = location.hash.match(/^#(fig-[^?]+)\?/);
if (named) document.getElementById(named[1])?.scrollIntoView({ behavior: "instant" });
