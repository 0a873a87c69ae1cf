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

// In a frame of another site some browsers hold our cookie back until the reader allows it.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-storage-access]");
  if (!link || !document.requestStorageAccess) return;
  event.preventDefault();
  try {
    await document.requestStorageAccess();
  } finally {
    location.reload();
  }
});
