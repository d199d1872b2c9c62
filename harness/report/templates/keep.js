"use strict";
// What a reader chose on this page lasts until the window is closed; where that cannot be stored, until the next load.
const keep = {
  name: (what) => `harness ${location.pathname} ${what}`,
  get(what) {
    try { return JSON.parse(sessionStorage.getItem(this.name(what))); } catch { return null; }
  },
  set(what, value) {
    try { sessionStorage.setItem(this.name(what), JSON.stringify(value)); } catch { /* private window, or no room */ }
  },
};
