// The stepper: puts the markup of frames into slots, and says what the person wants. It knows no rule and no sentence.
//
// mount(element, talk) -> stepper
//
// talk (all but `stand` may be missing; then the button or the wish is not there):
//   stand(number)      this frame is shown now
//   want(first, last)  these frames are not here yet; nearest first, `last` may be the smaller one; answered by add()
//   beyond(how)        on, past the last frame: "next", or "matters": to the next that matters; answered by restart()
//   point(target)      something was pointed at, that is no frame; answered by restart() or say()
// stepper:
//   restart(count, at, edition, places)  how many frames there are, which is shown; frames of an older edition hold no
//                                        more. places[n] = [events so far, instant as ISO 8601 in UTC, 1 if it matters]
//   add(strip)         frames, as changes (see film.py)
//   say(html, mood)    said to the person until the next step; mood "error" for a refusal
//   leave()            the element is not shown any more
// One wish of a kind is under way at a time. Without an answer, the element with class `wb-alone` is shown.

const SPEEDS = [1, 2, 4, 8]; // instants a second
const NEAR = 60; // frames that are fetched on both sides before anybody asks for them
const STRIP = 24; // frames that are asked for at once
const PATIENCE = 15000; // ms: a cell may run that long
const MOST_MARKS = 400;
const FEW = 5; // frames: of fewer there is little to read, so the picture is not so high
const TYPES_IN = "input:not([type=range]), textarea, select";
let mounted = 0;

const make = (tag, classes = "", attributes = {}) => {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
};

const button = (icon, label, title, act) => {
  const made = make("button", "", { type: "button", title, "aria-label": title });
  made.innerHTML = `<i aria-hidden="true">${icon}</i><span>${label}</span>`;
  made.addEventListener("click", act);
  return made;
};

// Frames of a strip, unfolded. Equal texts are kept once. A text may be what is other than in an earlier one: its number,
// how many letters stay in front and at the end, and what is between them.
const unfold = (strip, frames, texts) => {
  const shared = [];
  for (const one of strip.texts) {
    const base = shared[one[0]];
    const text = typeof one === "string" ? one : base.slice(0, one[1]) + one[3] + base.slice(base.length - one[2]);
    shared.push(texts.get(text) ?? (texts.set(text, text), text));
  }
  let scene = new Map();
  strip.frames.forEach(([at, changes], n) => {
    scene = new Map(scene);
    for (const [slot, text] of changes)
      if (text < 0) scene.delete(strip.slots[slot]);
      else scene.set(strip.slots[slot], shared[text]);
    frames.set(strip.first + n, { at, scene });
  });
};

// Slots: elements with data-slot. Only those whose text is another are touched.
const painter = (root) => {
  const slots = new Map([["root", root]]);
  let shown = new Map();
  const put = (element, scene) => {
    const text = scene.get(element.dataset.slot) ?? "";
    if (element.wbText === text) return;
    element.wbText = text;
    element.innerHTML = text;
    for (const inner of element.querySelectorAll("[data-slot]")) {
      slots.set(inner.dataset.slot, inner);
      put(inner, scene);
    }
  };
  return (scene) => {
    for (const slot of shown.keys()) if (!scene.has(slot) && slots.has(slot)) put(slots.get(slot), scene);
    for (const slot of scene.keys()) if (slots.has(slot)) put(slots.get(slot), scene);
    shown = scene;
  };
};

// What has the focus, and what is scrolled, stays so when its slot is filled anew.
const keeping = (root, act) => {
  const held = root.getRootNode().activeElement;
  const had = held && held !== root && root.contains(held);
  const [target, slot] = had ? [held.dataset.target, held.closest("[data-slot]")?.dataset.slot] : [];
  const scrolls = [...root.querySelectorAll(".wb-scroll")].map((one) => [one, one.scrollLeft, one.scrollTop]);
  const places = scrolls.map(([one]) => one.closest("[data-slot]")?.dataset.slot);
  act();
  scrolls.forEach(([one, left, top], n) => {
    if (one.isConnected || !(left || top)) return;
    const same = root.querySelector(`[data-slot="${CSS.escape(places[n])}"] .wb-scroll`);
    if (same) [same.scrollLeft, same.scrollTop] = [left, top];
  });
  if (!had || held.isConnected) return;
  const wanted = target ? `[data-target="${CSS.escape(target)}"]` : "";
  const near = slot && wanted && root.querySelector(`[data-slot="${CSS.escape(slot)}"] ${wanted}`);
  (near || (wanted && root.querySelector(wanted)) || root).focus({ preventScroll: true });
};

export function mount(root, talk) {
  const id = `wb${++mounted}`;
  const [frames, texts] = [new Map(), new Map()];
  let [count, at, edition, places] = [0, 0, -1, []];
  let [playing, tab, said, isSeen, question] = [0, "events", null, true, undefined];
  const asked = { want: 0, act: 0 }; // the timers of what is under way

  root.classList.add("wb-bench");
  root.tabIndex = -1;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "workbench");
  root.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab's own keys do nothing in here
  const picture = make("div", "wb-root", { "data-slot": "root" });

  // the bar
  const bar = make("div", "wb-controls", { role: "toolbar", "aria-label": "time" });
  const back = button("‹", "Back", "one instant back (b or ←)", () => stand(at - 1));
  const next = button("›", "Next", "on to the next instant (n or →)", () => on());
  const matters = button("»", "Next that matters", "on to the next that matters (m)", () => onTo());
  const play = button("▶", "Play", "play (space)", () => (playing ? stop() : start()));
  next.className = "main";
  const speed = make("select", "", { "aria-label": "instants a second", title: "instants a second" });
  for (const one of SPEEDS) speed.add(new Option(`${one} a second`, one, one === 2, one === 2));
  speed.addEventListener("change", () => playing && (stop(), start()));
  const slider = make("input", "", { type: "range", min: 0, max: 0, "aria-label": "what has happened" });
  const marks = make("div", "wb-marks", { "aria-hidden": "true" });
  const track = make("div", "wb-track");
  const number = make("output", "wb-number", { title: "which of the instants at which something happened" });
  track.append(marks, slider);
  const keys = button("?", "", "keys (?)", () => { help.hidden = !help.hidden; });
  keys.className = "round";
  const help = make("dl", "wb-keys");
  help.hidden = true;
  for (const [key, word] of [["n →", "next"], ["b ←", "back"], ["m", "next that matters"], ["space", "play, pause"],
    ["Home End", "first, last"], ["Enter", "why, of what has the focus"], ["↑ ↓", "rows of a pane"]])
    help.insertAdjacentHTML("beforeend", `<div><dt>${key}</dt><dd>${word}</dd></div>`);
  bar.append(back, next, matters, play, speed, track, number, keys, help);
  root.replaceChildren(picture);

  const paint = painter(picture);

  // Things of ours that lie within the markup of the root.
  const settle = () => {
    const place = picture.querySelector(".wb-bar");
    if (place && bar.parentElement !== place) place.replaceChildren(bar);
    for (const one of picture.querySelectorAll("[role=tab]")) {
      const isOn = one.dataset.tab === tab;
      one.setAttribute("aria-selected", isOn);
      one.tabIndex = isOn ? 0 : -1;
      one.id = `${id}-${one.dataset.tab}`;
      const pane = picture.querySelector(`[data-pane="${one.dataset.tab}"]`);
      pane.hidden = !isOn;
      pane.id = `${one.id}-pane`;
      one.setAttribute("aria-controls", pane.id);
      pane.setAttribute("aria-labelledby", one.id);
    }
    const line = picture.querySelector(".wb-said");
    if (!line) return;
    const html = said?.html ?? "";
    if (line.wbText !== html) line.innerHTML = line.wbText = html;
    line.parentElement.dataset.mood = said ? said.mood || "said" : "";
  };

  const draw = () => {
    const last = Math.max(0, count - 1);
    const frame = frames.get(at);
    root.dataset.at = at;
    root.dataset.edition = edition;
    slider.max = last;
    slider.value = at;
    track.style.setProperty("--wb-part", last ? at / last : 0);
    number.textContent = `${at} of ${last}`;
    back.disabled = at === 0;
    next.disabled = matters.disabled = play.disabled = at >= last && !talk.beyond;
    root.classList.toggle("wb-back", at < last && places[at][0] < places[last][0]); // more has happened than is shown
    slider.setAttribute("aria-valuetext", frame?.at ?? "");
    root.classList.toggle("wb-waits", !frame);
    if (frame) keeping(root, () => { paint(frame.scene); settle(); });
    const why = picture.querySelector(".wb-why");
    const title = why?.querySelector(".title")?.textContent;
    if (why && title !== question) [question, why.scrollTop] = [title, 0];
    fetch();
  };

  const markPlaces = () => {
    const some = places.map((place, n) => (place[2] ? n : -1)).filter((n) => n >= 0);
    const last = Math.max(1, count - 1);
    marks.innerHTML = some.length > MOST_MARKS ? "" : some.map((n) => `<i style="--wb-spot:${n / last}"></i>`).join("");
  };

  // wishes
  const wish = (kind, ask) => {
    clearTimeout(asked[kind]);
    asked[kind] = setTimeout(() => { asked[kind] = 0; root.classList.add("wb-lonely"); idle(); }, PATIENCE);
    ask();
  };
  const answered = (kind) => {
    clearTimeout(asked[kind]);
    asked[kind] = 0;
    root.classList.remove("wb-lonely");
  };
  const idle = () => root.setAttribute("aria-busy", asked.act ? "true" : "false");
  const act = (ask) => {
    if (asked.act) return;
    flush();
    wish("act", ask);
    idle();
  };

  // The nearest frame that is not here, and those behind it.
  const fetch = () => {
    if (asked.want || !talk.want || !count) return;
    const reach = isSeen ? NEAR : 0;
    for (let away = 0; away <= reach; away++)
      for (const way of [1, -1]) {
        const first = at + away * way;
        if (first < 0 || first >= count || frames.has(first)) continue;
        let last = first;
        while (Math.abs(last - first) < STRIP - 1 && last + way >= 0 && last + way < count && !frames.has(last + way)) last += way;
        wish("want", () => talk.want(first, last));
        return;
      }
  };

  // moving. Where one stands is told when the hand rests, and before anything else is asked.
  let [telling, told] = [0, 0];
  const flush = () => {
    clearTimeout(telling);
    telling = 0;
    if (told !== at) talk.stand((told = at));
  };
  const stand = (to) => {
    to = Math.max(0, Math.min(count - 1, to));
    if (to === at) return;
    [at, said] = [to, null];
    draw();
    telling ||= setTimeout(flush, 120);
  };
  const on = () => (at + 1 < count ? stand(at + 1) : talk.beyond && act(() => talk.beyond("next")));
  const onTo = () => {
    const to = places.findIndex((place, n) => n > at && place[2]);
    if (to > 0) stand(to);
    else if (talk.beyond) act(() => talk.beyond("matters"));
    else stand(count - 1);
  };
  const stop = () => {
    clearInterval(playing);
    playing = 0;
    play.className = "";
    play.firstChild.textContent = "▶";
    play.lastChild.textContent = "Play";
  };
  const start = () => {
    play.className = "on";
    play.firstChild.textContent = "❚❚";
    play.lastChild.textContent = "Pause";
    playing = setInterval(tick, 1000 / Number(speed.value));
  };
  const tick = () => {
    if (asked.act || !frames.has(at)) return;
    if (at + 1 >= count && !talk.beyond) stop();
    else on();
  };

  // Instants and events that are among the frames are gone to here.
  const numberOf = (target) => {
    const [kind, rest] = [target.slice(0, target.indexOf(":")), target.slice(target.indexOf(":") + 1)];
    if (kind === "event") return places.findIndex((place) => place[0] >= Number(rest));
    if (kind === "at") return places.findLastIndex((place) => place[1] === rest);
    return -1;
  };
  const point = (target) => {
    const there = numberOf(target);
    if (there >= 0) stand(there);
    else if (talk.point) act(() => talk.point(target));
  };
  const openTab = (name, isFocused) => {
    tab = name;
    settle();
    if (isFocused) picture.querySelector(`[data-tab="${name}"]`).focus();
  };

  slider.addEventListener("input", () => stand(Number(slider.value)));
  root.addEventListener("click", (event) => {
    const [target, name] = [event.target.closest("[data-target]"), event.target.closest("[role=tab], [data-open]")];
    if (event.target.closest("[data-last]")) { stop(); stand(count - 1); root.focus({ preventScroll: true }); }
    else if (name) openTab(name.dataset.tab ?? name.dataset.open);
    else if (target && root.contains(target)) { stop(); point(target.dataset.target); }
  });

  // keys
  const otherTab = (step) => {
    const names = [...picture.querySelectorAll("[role=tab]")].map((one) => one.dataset.tab);
    openTab(names.at((names.indexOf(tab) + step) % names.length), true);
  };
  const otherRow = (from, step) => {
    const card = from.closest(".wb-pane, .wb-why");
    const rows = card ? [...card.querySelectorAll("[data-target], [data-open]")] : [];
    const row = rows[rows.indexOf(from) + step];
    if (row) row.focus();
    return Boolean(row);
  };
  const KEYS = {
    n: () => on(), ArrowRight: () => on(), b: () => stand(at - 1), ArrowLeft: () => stand(at - 1), m: () => onTo(),
    " ": () => play.click(), Home: () => stand(0), End: () => stand(count - 1), "?": () => keys.click(),
  };
  const onTab = { ArrowRight: () => otherTab(1), ArrowLeft: () => otherTab(-1) };
  root.addEventListener("keydown", (event) => {
    const from = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || from.matches(TYPES_IN)) return;
    event.stopPropagation();
    const { key } = event;
    const presses = key === "Enter" || key === " ";
    if (presses && from.matches("[data-target]:not(button), [data-open]")) {
      from.click ? from.click() : point(from.dataset.target);
    } else if (presses && from.matches("button")) {
      return;
    } else if (key === "ArrowDown" || key === "ArrowUp") {
      if (!otherRow(from, key === "ArrowDown" ? 1 : -1)) return;
    } else {
      const closes = key === "Escape" && !help.hidden && (() => { help.hidden = true; });
      const does = closes || (from.matches("[role=tab]") && onTab[key]) || KEYS[key];
      if (!does) return;
      if (playing && key !== " ") stop();
      does();
    }
    event.preventDefault();
  });

  const watcher = new IntersectionObserver(([one]) => { isSeen = one.isIntersecting; if (isSeen) fetch(); });
  watcher.observe(root);

  return {
    restart(newCount, newAt, newEdition, newPlaces = []) {
      if (newEdition !== edition) { frames.clear(); texts.clear(); answered("want"); }
      const isEnd = playing && newEdition === edition && newCount === count && newAt === at;
      [count, at, edition, places, said, told] = [newCount, newAt, newEdition, newPlaces, null, newAt];
      answered("act");
      idle();
      root.classList.toggle("wb-new", count < FEW);
      markPlaces();
      if (isEnd) stop();
    },
    add(strip) { answered("want"); unfold(strip, frames, texts); draw(); },
    say(html, mood = "") {
      answered("act");
      idle();
      said = html ? { html, mood } : null;
      settle();
    },
    leave() { stop(); watcher.disconnect(); Object.values(asked).forEach(clearTimeout); },
    draw,
  };
}
