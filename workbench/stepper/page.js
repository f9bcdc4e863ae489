
// The page: everything is here. It answers the stepper from the data, asks the questions, and shows the comparisons.

const page = JSON.parse(document.getElementById("wb-data").textContent);
const find = (selector) => document.querySelector(selector);
const every = (selector) => [...document.querySelectorAll(selector)];
const texts = page.texts.map((text) => (typeof text === "string" ? text : text.map((n) => page.pieces[n]).join("")));
const parts = new Map(page.futures.map((part) => [part.name, part]));
const here = { ...page.start, edition: 0 };
const answers = []; // of the questions, in their order: what was said, or null for none
const [box, stage] = [find(".wb-ask"), find(".wb-stepper")];
const element = document.createElement("div");
stage.replaceChildren(element);

const open = () => page.asked[answers.length];
const last = () => (open() ? open().at : parts.get(here.future).places.length - 1);

const show = () => {
  const [part, end] = [parts.get(here.future), last() + 1];
  here.at = Math.min(here.at, end - 1);
  stepper.restart(end, here.at, ++here.edition, part.places.slice(0, end));
  const strips = open() ? page.gates[here.future] : part.strips;
  const frames = strips[here.choice].slice(0, end).map(([at, changes]) => [texts[at], changes]);
  stepper.add({ first: 0, slots: page.slots, texts, frames });
  for (const tab of every("[data-future]")) {
    const isOn = tab.dataset.future === here.future;
    tab.setAttribute("aria-selected", isOn);
    tab.tabIndex = isOn ? 0 : -1;
    tab.hidden = Boolean(open()) && !isOn; // what it is called may give the answer away
  }
  for (const list of every("[data-did]")) list.hidden = Boolean(open()) || list.dataset.did !== here.future;
  const compared = find(".wb-compared");
  if (compared) compared.hidden = Boolean(open());
  tell();
};

// The last place of a future that is not after an instant.
const placeAt = (name, at) => Math.max(0, parts.get(name).places.findLastIndex((place) => place[1] <= at));

const enter = (name) => {
  if (!parts.has(name) || open()) return stepper.say(page.words.hidden);
  here.at = placeAt(name, parts.get(here.future).places[here.at][1]);
  here.future = name;
  show();
};

const select = (target) => {
  const part = parts.get(here.future);
  const [thing, dag, day] = page.things[target] ?? [];
  const wanted = day || here.choice.slice(here.choice.lastIndexOf("|") + 1);
  const isNewest = wanted && part.newest[dag]?.[here.at] === wanted;
  const found = [`${thing}|${wanted}`, ...(isNewest || !day ? [`${thing}|`] : [])].find((key) => part.strips[key]);
  if (!found) return stepper.say(page.words.absent);
  here.choice = found;
  show();
};

const point = (target) => {
  const [kind, rest] = [target.slice(0, target.indexOf(":")), target.slice(target.indexOf(":") + 1)];
  if (kind === "future") return enter(rest);
  if (kind !== "at") return select(target);
  here.at = placeAt(here.future, rest);
  return show();
};

const stepper = mount(element, { stand: (number) => { here.at = number; tell(); }, point });

// the questions

const put = (tag, classes, text = "") => {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  made.textContent = text;
  return made;
};

const same = (said, was) =>
  said.trim() !== "" && was.trim() !== "" && !Number.isNaN(Number(said)) && !Number.isNaN(Number(was))
    ? Number(said) === Number(was)
    : said.trim().toLowerCase() === was.trim().toLowerCase();

const plain = (said, asked) => (asked.is_number ? said.replace(/(?<=\d)[,_ '](?=\d{3}(\D|$))/g, "") : said).trim();

const answer = (said) => {
  answers.push(said);
  if (open() && open().future !== here.future) [here.future, here.at] = [open().future, open().at];
  show();
  draw();
  (box.querySelector("form input, form button") ?? element).focus({ preventScroll: true });
};

const form = (asked) => {
  const made = put("form");
  const help = put("p", "quiet", page.words.ask);
  const pass = put("button", "", "Pass");
  pass.type = "button";
  pass.addEventListener("click", () => answer(null));
  made.noValidate = true;
  if (asked.choices.length) {
    for (const choice of asked.choices) {
      const one = put("button", "main", choice);
      one.type = "button";
      one.addEventListener("click", () => answer(choice));
      made.append(one);
    }
    made.append(pass);
  } else {
    const input = put("input");
    input.type = "text";
    if (asked.is_number) input.inputMode = "decimal";
    input.maxLength = 200;
    input.autocomplete = "off";
    input.setAttribute("aria-label", asked.question);
    made.append(input, put("button", "main", "Answer"), pass);
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = plain(input.value, asked);
      const isGood = asked.is_number ? /^[+-]?\d{1,15}(\.\d{1,9})?$/.test(said) : said !== "";
      if (isGood) return answer(said);
      help.textContent = said === "" ? page.words.empty : page.words.number;
      help.setAttribute("role", "alert");
      input.setAttribute("aria-invalid", "true");
      return input.focus();
    });
  }
  made.append(help);
  return made;
};

// All questions that were met: those answered with what was said of them, and the one that is open.
const draw = () => {
  box.hidden = !page.asked.length;
  box.replaceChildren(...page.asked.slice(0, answers.length + 1).map((asked, n) => {
    const one = put("div", "one");
    one.append(put("h2", "", asked.question));
    if (n < answers.length) {
      const told = put("p", "told");
      told.setAttribute("role", "status");
      one.append(told);
      if (asked.known) {
        const there = put("button", "there", "Show");
        there.type = "button";
        there.addEventListener("click", () => { [here.future, here.at] = asked.known; show(); });
        one.append(there);
      }
    } else one.append(form(asked));
    return one;
  }));
  tell();
};

// What is said of an answer: where it is known, the truth; before that, that it is kept.
const seen = new Set();
const tell = () => {
  every(".wb-ask .one").forEach((one, n) => {
    const [asked, said, line] = [page.asked[n], answers[n], one.querySelector(".told")];
    if (!line) return;
    const isThere = asked.known && asked.known[0] === here.future && here.at >= asked.known[1];
    if (isThere) seen.add(n);
    const words = !asked.known ? asked.never
      : seen.has(n) ? (said !== null && same(said, asked.was) ? asked.right : asked.wrong)
      : said === null ? page.words.passed : asked.kept;
    const text = said === null && seen.has(n) ? asked.passed : words.replace("{said}", () => said ?? "");
    if (line.textContent !== text) line.textContent = text;
    one.dataset.is = seen.has(n) && said !== null ? (same(said, asked.was) ? "right" : "wrong") : "open";
    const there = one.querySelector(".there");
    if (there) there.hidden = seen.has(n) || Boolean(open());
  });
};

// the futures, the comparisons, keys

const otherTab = (tabs, step) => {
  const free = tabs.filter((tab) => !tab.disabled);
  const next = free[(free.indexOf(document.activeElement) + step + free.length) % free.length];
  next.focus();
  next.click();
};
for (const list of every("[role=tablist]:not(.wb-bench .wb-root *)")) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    otherTab(tabs, step);
  });
}
for (const tab of every("[data-future]")) tab.addEventListener("click", () => enter(tab.dataset.future));
const pair = (wanted) => {
  for (const one of every("[data-pair-of]")) one.classList.toggle("wb-away", one.dataset.pairOf !== wanted);
  for (const tab of every("[data-pair]")) {
    tab.setAttribute("aria-selected", tab.dataset.pair === wanted);
    tab.tabIndex = tab.dataset.pair === wanted ? 0 : -1;
  }
};
for (const tab of every("[data-pair]")) tab.addEventListener("click", () => pair(tab.dataset.pair));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=range]), textarea, select"))
    return;
  const part = /^[1-9]$/.test(event.key) && page.futures[Number(event.key) - 1];
  if (part) enter(part.name);
  else if (event.target === document.body && !["Tab", "Shift"].includes(event.key)) {
    element.focus({ preventScroll: true });
    element.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, bubbles: false, cancelable: true }));
    if (event.key === " ") event.preventDefault();
  }
}, true);
addEventListener("beforeprint", () => every("details").forEach((one) => { one.open = true; }));

pair("0");
draw();
show();
