"use strict";
const form = document.getElementById("marks");
if (form) {
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button.main"));
    }
  });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
}
