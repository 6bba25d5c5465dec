// Looks through the index, which a script of its own holds, so that it works without a server.
(() => {
  const root = document.documentElement.dataset.root;
  const input = document.querySelector("#search input");
  const found = document.querySelector("#found");
  const menu = document.querySelector("nav > .menu");
  menu.addEventListener("click", () => menu.parentElement.classList.toggle("open"));
  const score = (entry, words) => {
    let sum = 0;
    for (const word of words) {
      const name = entry.name.toLowerCase();
      if (name === word || name.endsWith("." + word)) sum += 100;
      else if (name.includes(word)) sum += 40;
      else if (entry.first.toLowerCase().includes(word)) sum += 10;
      else if (entry.text.includes(word)) sum += 2;
      else return 0;
    }
    return sum;
  };
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = words.length === 0 ? [] : INDEX.map((entry) => [score(entry, words), entry])
      .filter(([points]) => points > 0).sort((a, b) => b[0] - a[0]).slice(0, 20);
    found.replaceChildren(...hits.map(([, entry], at) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = root + entry.page;
      link.className = at === 0 ? "at" : "";
      const first = document.createElement("small");
      first.textContent = ` ${entry.kind} · ${entry.first}`;
      link.append(entry.name, first);
      item.append(link);
      return item;
    }));
    if (words.length > 0 && hits.length === 0) {
      const item = document.createElement("li");
      item.textContent = "nothing found";
      found.append(item);
    }
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const links = [...found.querySelectorAll("a")];
    const at = links.findIndex((it) => it.className === "at");
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && links.length > 0) {
      links[at].className = "";
      links[(at + move + links.length) % links.length].className = "at";
      event.preventDefault();
    } else if (event.key === "Enter" && at >= 0) location.href = links[at].href;
    else if (event.key === "Escape") { input.value = ""; show(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); }
  });
})();
