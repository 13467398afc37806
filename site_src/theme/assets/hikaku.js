// Formulas: arithmatex leaves them as \(...\) and \[...\] in elements of this class.
document.querySelectorAll(".arithmatex").forEach((element) => {
  const source = element.textContent.trim();
  katex.render(source.slice(2, -2), element, { displayMode: source.startsWith("\\["), throwOnError: false });
});

// What scrolls by itself can be reached by key, and what does not scroll is no stop on the way.
const reach = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
document.querySelectorAll(".table, div.arithmatex").forEach((element) => reach.observe(element));

// The theme leaves its search dialog without a name.
const search = document.querySelector(".md-search");
search.ariaLabel = search.querySelector("input").ariaLabel;

// A sortable table: its headings become buttons, and a box keeps the rows that have all the words in it. Rows that stand
// together under a title are sorted among themselves. Without this script the table stands in the order it was written in.
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows].at(-1).cells;
  const rowsOf = (body) => [...body.rows].filter((row) => row.cells[0].scope !== "rowgroup");
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });

  // A cell's number or text; nothing where the row has no result.
  const value = (row, place) => {
    if (row.cells.length < headings.length) return undefined;
    const cell = row.cells[place];
    if (!headings[place].classList.contains("number")) return cell.textContent.trim();
    return cell.dataset.value === undefined ? undefined : Number(cell.dataset.value);
  };

  for (const heading of headings) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: "ascending" };
      const way = next[heading.ariaSort] ?? heading.dataset.first ?? "ascending";
      const place = heading.cellIndex;
      const sign = way === "ascending" ? 1 : -1;
      const compare = (one, other) => {
        const [a, b] = [value(one, place), value(other, place)];
        if (a === undefined || b === undefined) return (a === undefined) - (b === undefined); // these are always last
        return sign * (typeof a === "number" ? a - b : order.compare(a, b));
      };
      for (const each of headings) each.ariaSort = each === heading ? way : null;
      for (const body of table.tBodies) body.append(...rowsOf(body).sort(compare));
    });
  }

  const filter = table.closest(".table").previousElementSibling;
  const [box, status] = [filter.querySelector("input"), filter.querySelector("[role=status]")];
  box.addEventListener("input", () => {
    const sought = box.value.toLowerCase().split(/\s+/);
    const rows = [...table.tBodies].flatMap(rowsOf);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !sought.every((word) => text.includes(word));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    status.textContent = status.dataset.text.replace("{shown}", shown).replace("{all}", rows.length);
  });
  filter.hidden = false;
}
