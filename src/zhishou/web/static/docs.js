// Shows the description of the API; it loads nothing from elsewhere.
"use strict";

const make = (tag, text, kind) => {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (kind) element.className = kind;
  return element;
};

const table = (head, rows) => {
  const element = make("table");
  const first = element.createTHead().insertRow();
  head.forEach((text) => first.append(make("th", text)));
  const body = element.createTBody();
  rows.forEach((row) => { const line = body.insertRow(); row.forEach((text) => line.append(make("td", text))); });
  return element;
};

const nameOf = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.anyOf) return schema.anyOf.map(nameOf).join(" | ");
  if (schema.items) return `[${nameOf(schema.items)}]`;
  return schema.format || schema.type || "";
};

const fieldsOf = (schema, all) => {
  const found = schema && schema.$ref ? all[nameOf(schema)] : schema;
  if (!found || !found.properties) return null;
  const required = new Set(found.required || []);
  const rows = Object.entries(found.properties).map(([name, one]) =>
    [name, nameOf(one), required.has(name) ? "必填" : "", one.description || ""]);
  return table(["字段", "类型", "", "说明"], rows);
};

const shown = (method, path, one, all) => {
  const part = make("details");
  const line = make("summary");
  line.append(make("span", method.toUpperCase(), "method"), make("code", path), ` ${one.summary}`);
  part.append(line, make("p", one.description));
  if ((one.parameters || []).length)
    part.append(table(["参数", "在", "", "说明"], one.parameters.map((p) =>
      [p.name, p.in, p.required ? "必填" : "", p.description || nameOf(p.schema)])));
  const body = ((one.requestBody || {}).content || {})["application/json"];
  if (body) {
    const fields = fieldsOf(body.schema, all);
    if (fields) part.append(fields);
    if (body.example) part.append(make("p", "例"), make("pre", JSON.stringify(body.example, null, 2)));
  }
  part.append(table(["状态", "意思"], Object.entries(one.responses).map(([status, r]) => [status, r.description])));
  part.dataset.words = `${method} ${path} ${one.summary} ${JSON.stringify(one.requestBody || "")}`.toLowerCase();
  return part;
};

const show = (description) => {
  const main = document.getElementById("routes");
  main.replaceChildren();
  const all = description.components.schemas;
  for (const tag of description.tags) {
    const section = make("section");
    section.append(make("h2", tag.description));
    for (const [path, operations] of Object.entries(description.paths))
      for (const [method, one] of Object.entries(operations))
        if ((one.tags || [])[0] === tag.name) section.append(shown(method, path, one, all));
    main.append(section);
  }
  document.getElementById("find").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    main.querySelectorAll("details").forEach((one) => { one.hidden = !one.dataset.words.includes(wanted); });
  });
};

fetch("/api/openapi.json")
  .then((answer) => answer.json())
  .then(show)
  .catch(() => document.getElementById("routes").replaceChildren(make("p", "读取失败，请刷新。")));
