/* What the pages of plans, desk and reporters do by themselves: print with everything open. */
(function () {
  "use strict";
  var opened = [];
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("main details:not([open])").forEach(function (one) { one.open = true; opened.push(one); });
  });
  window.addEventListener("afterprint", function () { opened.splice(0).forEach(function (one) { one.open = false; }); });
  document.addEventListener("click", function (event) { if (event.target.closest("[data-print]")) window.print(); });
})();
