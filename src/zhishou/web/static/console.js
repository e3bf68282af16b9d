/* What a page does by itself: the clock goes on, news comes in, and the panel opens and closes. Nothing typed is ever lost. */
(function () {
  "use strict";
  var root = document.documentElement;
  var ahead = Date.parse(root.dataset.now) - Date.now();
  function now() { return new Date(Date.now() + ahead); }

  // Times say how far away they are, as web/console/times.py says them.
  function apart(minutes) {
    var whole = Math.floor(Math.abs(minutes)), hours = Math.floor(whole / 60), rest = whole % 60;
    if (whole >= 2880) return Math.floor(whole / 1440) + " 天";
    if (whole >= 60) return rest ? hours + " 时 " + rest + " 分" : hours + " 时";
    return rest + " 分";
  }
  function tell() {
    var at = now();
    document.querySelectorAll("time.when").forEach(function (one) {
      var minutes = (Date.parse(one.dateTime) - at) / 60000, due = one.dataset.kind === "due", words;
      if (due) words = minutes > 0 ? "还有 " + apart(minutes) : "已逾期 " + apart(minutes);
      else words = Math.abs(minutes) < 1 ? "刚刚" : apart(minutes) + (minutes < 0 ? "前" : "后");
      var shown = one.querySelector("span");
      if (shown && shown.textContent !== "· " + words) shown.textContent = "· " + words;
      one.classList.toggle("late", due && minutes <= 0);
      if (due && minutes <= 0 && one.closest("li")) one.closest("li").classList.add("is-late");
    });
    var clock = document.querySelector("[data-clock]");
    if (clock) clock.textContent = at.toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
  }
  tell();
  setInterval(tell, 5000);

  // News: what has changed is fetched once things are quiet for a moment; only what is looked at is renewed, never a form.
  var waiting = null, online = document.querySelector("[data-online]");
  function state(words, away) {
    if (!online) return;
    online.hidden = false;
    online.classList.toggle("away", away);
    online.querySelector("[data-online-words]").textContent = words;
  }
  function news(event) {
    var about = document.body.querySelector("[data-about]");
    if (about && event) {
      var told = JSON.parse(event.data);
      if (told.incident !== about.dataset.about) return;
    }
    clearTimeout(waiting);
    waiting = setTimeout(function () { if (window.htmx) window.htmx.trigger(document.body, "news"); }, 300);
  }
  var source = null;
  function listen() {
    if (source) source.close();
    source = new EventSource(document.body.dataset.liveFrom);
    source.onopen = function () { state("实时", false); };
    source.onerror = function () { state("断线，正在重连", true); };
    source.onmessage = news;
    source.addEventListener("reconnect", function () { source.close(); setTimeout(listen, 500); news(null); });
    source.addEventListener("goodbye", function () { source.close(); state("登录已结束，请刷新", true); });
  }
  if (document.body.dataset.liveFrom && window.EventSource) {
    listen();
    window.addEventListener("pagehide", function () { source.close(); });
    window.addEventListener("pageshow", function (event) { if (event.persisted) { listen(); news(null); } });
  }

  // What a page fetches because of news is no use of it: a screen that nobody looks after lets its login end.
  document.addEventListener("htmx:configRequest", function (event) {
    var cause = event.detail.triggeringEvent;
    if (!cause || cause.type === "news" || cause.type === "load") event.detail.headers["X-Zhishou-Renewed"] = "1";
  });

  // What is renewed keeps what was unfolded in it, and where the keyboard was.
  var kept = null;
  function named(one) {
    var part = one.closest("section[id], section[aria-labelledby], .card");
    return (part ? part.id || part.getAttribute("aria-labelledby") : "") + "|" + one.textContent.trim();
  }
  document.addEventListener("htmx:beforeSwap", function (event) {
    var target = event.detail.target, at = document.activeElement;
    if (!target || target.hasAttribute("data-place") || !document.contains(target)) return;
    kept = {
      open: Array.prototype.map.call(target.querySelectorAll("details[open] > summary"), named),
      at: target.contains(at) && at.matches("a, summary, button") ? named(at) : null
    };
  });
  function again() {
    if (!kept) return;
    var was = kept;
    kept = null;
    document.querySelectorAll("main details > summary").forEach(function (one) {
      var place = was.open.indexOf(named(one));
      if (place >= 0) { one.parentNode.open = true; was.open.splice(place, 1); }
    });
    if (was.at && document.activeElement === document.body) {
      var back = Array.prototype.find.call(document.querySelectorAll("main a, main summary, main button"), function (one) { return named(one) === was.at; });
      if (back) back.focus({ preventScroll: true });
    }
  }

  // The panel: opened by a link that names it, closed by its button or Esc; the keyboard goes back to where it was.
  var opener = null;
  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.target && event.detail.target.id === "panel" && !document.activeElement.closest("#panel")) opener = document.activeElement;
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    tell();
    var place = event.detail.target;
    if (place.id !== "panel" && place.id !== "main") { again(); return; }
    var first = place.querySelector(".wrong, .done") || place.querySelector("h2");
    if (first) { first.setAttribute("tabindex", "-1"); first.focus(); }
  });
  function shut() {
    var panel = document.getElementById("panel");
    if (!panel || !panel.firstChild) return;
    panel.textContent = "";
    if (opener && document.contains(opener)) opener.focus();
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-shut]") && document.getElementById("panel").firstChild) { event.preventDefault(); shut(); }
    document.querySelectorAll("details.me[open]").forEach(function (box) { if (!box.contains(event.target)) box.open = false; });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    var box = document.querySelector("details.me[open]");
    if (box) { box.open = false; box.querySelector("summary").focus(); return; }
    var panel = document.getElementById("panel");
    var typed = panel && Array.prototype.some.call(panel.querySelectorAll("textarea, input:not([type=hidden])"), function (one) { return one.value !== one.defaultValue; });
    if (!typed) shut();
  });
  // A login that ends while somebody types takes nothing from him: what he sent stays in this tab, for him alone, and is filled in again.
  var who = document.body.dataset.who, store = window.sessionStorage;
  function draft() { try { return JSON.parse(store.getItem("zhishou-draft")); } catch (error) { return null; } }
  function asks(field) { return field.name && (field.name[0] !== "_" || field.name === "_about") && !/^(hidden|password|file|submit)$/.test(field.type); }
  document.addEventListener("submit", function (event) {
    var form = event.target, fields = [];
    if (!who || form.method !== "post" || !form.closest("#panel, main")) return;
    Array.prototype.forEach.call(form.elements, function (one) {
      if (!asks(one) || (/^(checkbox|radio)$/.test(one.type) && !one.checked)) return;
      fields.push([one.name, one.value]);
    });
    if (fields.length) store.setItem("zhishou-draft", JSON.stringify({ who: who, action: form.getAttribute("action").split("?")[0], fields: fields }));
  }, true);
  document.addEventListener("htmx:afterRequest", function (event) {
    var moved = event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Redirect") || "";
    if (event.detail.requestConfig.verb === "post" && moved.indexOf("/login") !== 0) store.removeItem("zhishou-draft");
  });
  function refill() {
    var kept = draft();
    if (!kept || !kept.away || kept.who !== who) return;
    var form = Array.prototype.find.call(document.querySelectorAll("#panel form, main form"), function (one) { return (one.getAttribute("action") || "").split("?")[0] === kept.action; });
    if (!form) return;
    store.removeItem("zhishou-draft");
    kept.fields.forEach(function (pair) {
      var same = Array.prototype.filter.call(form.elements, function (one) { return one.name === pair[0] && asks(one); });
      same.forEach(function (one) {
        if (/^(checkbox|radio)$/.test(one.type)) { if (one.value === pair[1]) one.checked = true; } else one.value = pair[1];
      });
    });
    var told = document.createElement("p");
    told.className = "note";
    told.setAttribute("role", "status");
    told.textContent = "登录中断前您填的内容没有提交，已填回；核对后请再提交一次。";
    form.parentNode.insertBefore(told, form);
  }
  (function () {
    var kept = draft();
    if (!kept) return;
    if (!who) { kept.away = true; store.setItem("zhishou-draft", JSON.stringify(kept)); }
    else if (!kept.away || kept.who !== who) store.removeItem("zhishou-draft");
    else refill();
  })();
  document.addEventListener("htmx:afterSwap", refill);

  // Files that are too large are told before they are sent, so that what is typed stays.
  document.addEventListener("change", function (event) {
    var box = event.target, all = 0, wrong = "";
    if (!box.matches || !box.matches("input[type=file][data-most]")) return;
    Array.prototype.forEach.call(box.files, function (one) {
      all += one.size;
      if (box.dataset.each && one.size > box.dataset.each * 1048576) wrong = "“" + one.name + "”超过 " + box.dataset.each + " MB";
    });
    if (box.dataset.count && box.files.length > box.dataset.count) wrong = "至多 " + box.dataset.count + " 个";
    if (!wrong && all > box.dataset.most * 1048576) wrong = "合计超过 " + box.dataset.most + " MB";
    box.setCustomValidity(wrong ? wrong + "，请少选几个或压缩后再传" : "");
    box.reportValidity();
  });
  // A second click sends nothing twice; the server would not do it twice either.
  document.addEventListener("submit", function (event) {
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    if (event.target.hasAttribute("hx-post")) return;
    event.target.dataset.sent = "1";
    setTimeout(function () { delete event.target.dataset.sent; }, 4000);
  });
})();
