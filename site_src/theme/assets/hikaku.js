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
