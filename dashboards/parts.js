// Small pieces of page.
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A verdict's mark and word; a success that did not pay says so, and over which time. */
function verdict(code, lossIn = null) {
  const { word, path } = VERDICTS[code];
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  mark.setAttribute("viewBox", "0 0 10 10");
  mark.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  shape.setAttribute("fill", "currentColor");
  shape.setAttribute("fill-rule", "evenodd");
  mark.append(shape);
  return element("span", { class: `verdict ${code}` }, mark, lossIn ? `${word}, but cost more than it returned in ${lossIn}` : word);
}

/** A table; a column is [heading, cell of a row, "number" where it holds figures]. */
function table(caption, columns, rows) {
  const head = columns.map(([title, , kind]) => element("th", { scope: "col", class: kind ?? "" }, title));
  const body = rows.map((row) =>
    element("tr", {}, ...columns.map(([, cell, kind], i) =>
      element(i === 0 ? "th" : "td", i === 0 ? { scope: "row" } : { class: kind ?? "", "data-heading": columns[i][0] }, cell(row) ?? ""))));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)));
}

const folded = (title, ...children) => element("details", {}, element("summary", {}, title), ...children);

function withNote(text, note) {
  return element("span", {}, text, note ? element("small", {}, note) : null);
}

/** A chart that is drawn again at its container's width, and says in words what it shows. */
function chart(label, caption, draw) {
  const place = element("div", { role: "img", "aria-label": label });
  let width = 0;
  const redraw = () => {
    const now = Math.floor(place.clientWidth);
    if (now > 0 && now !== width) {
      width = now;
      const drawing = draw(now);
      // One label speaks for the whole; the ones inside would only be read out in pieces.
      for (const inner of [drawing, ...drawing.querySelectorAll("[aria-label]")]) inner.removeAttribute("aria-label");
      drawing.setAttribute("aria-hidden", "true");
      place.replaceChildren(drawing);
    }
  };
  new ResizeObserver(redraw).observe(place);
  return element("figure", {}, place, caption ? element("figcaption", {}, caption) : null);
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name.replace("_", "-")}`).trim();
