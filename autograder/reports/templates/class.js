"use strict";
// Without this the page is read as it stands. Sorts tables by a click on a heading, and searches.
for (const table of document.querySelectorAll("table.sortable")) {
  const headings = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const numbers = heading.classList.contains("number");
      const was = heading.getAttribute("aria-sort");
      const order = was === (numbers ? "descending" : "ascending") ? (numbers ? "ascending" : "descending") : (numbers ? "descending" : "ascending");
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", order);
      const key = (row) => {
        const text = row.cells[column].textContent.trim();
        if (!numbers) return text.toLowerCase();
        const value = parseFloat(text);
        return Number.isNaN(value) ? -1 : value;
      };
      const keyed = [...body.rows].map((row) => [key(row), row]);
      keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (order === "ascending" ? 1 : -1));
      body.append(...keyed.map(([, row]) => row));
    });
  });
}
const search = document.getElementById("search");
const field = search.querySelector("input");
const found = search.querySelector("span");
const entries = [...document.querySelectorAll("table.sortable tbody tr, .entry, article")];
const texts = entries.map((entry) => entry.textContent.toLowerCase());
search.hidden = false;
field.addEventListener("input", () => {
  const wanted = field.value.trim().toLowerCase();
  let count = 0;
  entries.forEach((entry, place) => {
    const shown = texts[place].includes(wanted);
    entry.hidden = !shown;
    count += shown ? 1 : 0;
  });
  found.textContent = wanted ? `${count} found` : "";
});
