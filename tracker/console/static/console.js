// Pages are whole without this. A form or link with data-swap="#id" is fetched instead of
// followed, and that one element is replaced; in the inbox single keys act.
const find = (selector, from = document) => from.querySelector(selector);

async function swap(target, address, options, keep) {
  if (keep) keep.textContent = "";
  const answer = await fetch(address, options);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const sentence = find(".problem", page);
  if (!answer.ok && keep && sentence) {
    keep.textContent = sentence.textContent; // what was typed stays where it is
    return;
  }
  const place = find(target, page) ? target : "#main";
  const focused = find(place).contains(document.activeElement) ? document.activeElement.id : "";
  find(place).replaceWith(document.adoptNode(find(place, page)));
  for (const part of ["nav", "footer"]) {
    if (find(part) && find(part, page)) find(part).replaceWith(document.adoptNode(find(part, page)));
  }
  document.title = page.title;
  const now = answer.url.split("#")[0];
  if (now !== location.href.split("#")[0]) history.pushState(null, "", now);
  prepare();
  (find("[data-focus]") || document.getElementById(focused))?.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target, by = event.submitter, target = by?.dataset.swap ?? form.dataset.swap;
  if (!target) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, by));
  const action = by?.hasAttribute("formaction") ? by.formAction : form.action;
  if (form.method === "post") swap(target, action, { method: "POST", body: fields }, find(".error", form));
  else swap(target, `${form.action.split("?")[0]}?${fields}`);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  swap(link.dataset.swap, link.href).then(() => find(link.dataset.swap)?.querySelector("h1, h2, a")?.focus?.());
});
addEventListener("popstate", () => location.reload());

// A slider stops at change points: it sets the date of its clock, and of both where they are locked.
// A step is asked for at once, further ones 120 ms apart; an answer that a later step overtook is dropped.
let moving, asking, asked = -Infinity;
document.addEventListener("input", (event) => moved(event.target, "#picture"));
document.addEventListener("change", (event) => {
  if (event.target.id === "lock-clocks") localStorage.setItem("lock-clocks", event.target.checked);
  moved(event.target, "#state");
});
function moved(slider, target) {
  if (!slider.dataset.sets) return;
  const day = slider.dataset.steps.split(" ")[slider.value], form = slider.form;
  slider.setAttribute("aria-valuetext", day);
  for (const name of find("#lock-clocks").checked ? ["valid_at", "known_at"] : [slider.dataset.sets]) form.elements[name].value = day;
  clearTimeout(moving);
  asking?.abort();
  const { signal } = (asking = new AbortController());
  const address = `${form.action.split("?")[0]}?${new URLSearchParams(new FormData(form))}`;
  moving = setTimeout(() => {
    asked = performance.now();
    swap(target, address, { signal }).catch((fault) => { if (!signal.aborted) throw fault; });
  }, Math.max(0, asked + 120 - performance.now()));
}

function prepare() {
  for (const one of document.querySelectorAll(".slider, .lock")) one.hidden = false;
  if (find("#lock-clocks")) find("#lock-clocks").checked = localStorage.getItem("lock-clocks") === "true";
  const setting = find("#single-keys");
  if (!setting) return;
  setting.checked = localStorage.getItem("single-keys") !== "off";
  setting.onchange = () => localStorage.setItem("single-keys", setting.checked ? "on" : "off");
}
// A key does what is marked with data-key in the item at hand, or else anywhere outside the items.
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
  const items = [...document.querySelectorAll("[data-item]")];
  const item = document.activeElement.closest("[data-item]");
  if (event.key === "Escape" && item) return find("h2", item).focus();
  if (event.ctrlKey || event.metaKey || event.altKey || typing || !find("#single-keys")?.checked) return;
  const at = items.indexOf(item);
  const step = { j: Math.min(at + 1, items.length - 1), k: Math.max(at - 1, 0) }[event.key];
  const key = `[data-key="${CSS.escape(event.key)}"]`;
  const act = (item && find(key, item)) || find(`${key}:not([data-item] *)`);
  if (step !== undefined && items.length) find("h2", items[step]).focus();
  else if (event.key === "?") find(".keys").open = !find(".keys").open;
  else if (act?.matches("form")) act.requestSubmit();
  else if (act?.matches("button, [type=checkbox]")) act.click();
  else if (act) act.focus();
  else return;
  event.preventDefault();
});

// The words that a field rests on are lit while it has the focus; a click on words leads to it.
document.addEventListener("focusin", (event) => {
  for (const mark of document.querySelectorAll("mark.lit")) mark.classList.remove("lit");
  const { field } = event.target.dataset, item = event.target.closest("[data-item]");
  if (!field || !item) return;
  for (const mark of item.querySelectorAll("mark[data-fields]")) {
    mark.classList.toggle("lit", mark.dataset.fields.split(" ").includes(field));
  }
});
document.addEventListener("click", (event) => {
  const mark = event.target.closest("mark[data-fields]");
  if (!mark) return;
  for (const field of mark.dataset.fields.split(" ")) {
    const control = find(`[data-field="${CSS.escape(field)}"]`, mark.closest("[data-item]"));
    if (control) return control.focus();
  }
});
prepare();
