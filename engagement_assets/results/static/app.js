// What scripts add: a key that leads to the search. Everything works without it.
"use strict";

document.addEventListener("keydown", (event) => {
  const wanted = event.key === "k" && (event.ctrlKey || event.metaKey);
  const search = document.getElementById("search");
  if (wanted && search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});
