// Renders /openapi.json: one article an operation. No library, no network but the document itself.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

// A text with its `code` set as code.
function prose(tag, text) {
  const parts = text.split("`");
  return element(tag, {}, ...parts.map((part, i) => (i % 2 ? element("code", {}, part) : part)));
}

function resolve(document_, schema) {
  if (!schema || !schema.$ref) return schema;
  return schema.$ref.slice(2).split("/").reduce((at, key) => at && at[key], document_);
}

// A schema as an example-like sketch: {"amount": "string", …}; `depth` keeps recursion short.
function sketch(document_, schema, depth = 0) {
  const resolved = resolve(document_, schema);
  if (!resolved) return null;
  if (resolved.example !== undefined) return resolved.example;
  if (resolved.allOf) {
    return Object.assign({}, ...resolved.allOf.map((part) => sketch(document_, part, depth)));
  }
  const choices = resolved.oneOf || resolved.anyOf;
  if (choices) return sketch(document_, choices[0], depth);
  if (resolved.enum) return resolved.enum.join(" | ");
  if (depth > 5) return "…";
  if (resolved.type === "array") return [sketch(document_, resolved.items, depth + 1)];
  if (resolved.properties) {
    return Object.fromEntries(Object.entries(resolved.properties)
      .map(([key, value]) => [key, sketch(document_, value, depth + 1)]));
  }
  return resolved.format || [].concat(resolved.type || "any").join(" | ");
}

function contentBlock(document_, content) {
  const types = Object.keys(content || {});
  if (types.length === 0) return null;
  const schema = content[types[0]].schema;
  const block = element("div", {}, element("span", { class: "dim" }, types.join(", ")));
  if (schema) {
    block.append(element("pre", {}, JSON.stringify(sketch(document_, schema), null, 2)));
  }
  return block;
}

function parameterRow(parameter) {
  const schema = parameter.schema || {};
  const kind = [parameter.in, schema.enum ? schema.enum.join(" | ") : schema.format || schema.type]
    .filter(Boolean).join(", ");
  return element("tr", {},
    element("td", {}, element("code", {}, parameter.name), parameter.required ? " *" : ""),
    element("td", {}, element("span", { class: "dim" }, kind), " ", prose("span", parameter.description || "")));
}

function article(document_, path, method, operation, shared) {
  const id = `${method}${path}`.replace(/[^a-z0-9]+/gi, "-");
  const node = element("article", { id },
    element("h3", {}, element("span", { class: `method ${method}` }, method.toUpperCase()), path),
    element("p", {}, element("strong", {}, operation.summary || "")),
    operation.description ? prose("p", operation.description) : null);
  const parameters = [...shared, ...(operation.parameters || [])]
    .map((parameter) => resolve(document_, parameter));
  if (parameters.length > 0) {
    node.append(element("h4", {}, "Parameters"),
      element("table", {}, ...parameters.map(parameterRow)));
  }
  const body = resolve(document_, operation.requestBody);
  if (body) {
    const block = contentBlock(document_, body.content);
    if (block) node.append(element("h4", {}, "Body"), block);
  }
  node.append(element("h4", {}, "Answers"));
  for (const [status, reference] of Object.entries(operation.responses || {})) {
    const answer = resolve(document_, reference);
    node.append(element("p", {}, element("code", {}, status), " ", answer.description || ""));
    const block = contentBlock(document_, answer.content);
    if (block && status.startsWith("2")) node.append(block);
  }
  return { id, node };
}

function render(document_) {
  document.getElementById("version").textContent = document_.info.version;
  const contents = document.getElementById("contents");
  const operations = document.getElementById("operations");
  operations.replaceChildren(prose("p", document_.info.description || ""));
  const groups = new Map();
  const entries = [];
  for (const [path, item] of Object.entries(document_.paths)) {
    for (const method of METHODS.filter((name) => item[name])) {
      const made = article(document_, path, method, item[method], item.parameters || []);
      const group = (item[method].tags || ["other"])[0];
      if (!groups.has(group)) groups.set(group, []);
      const link = element("a", { href: `#${made.id}` },
        element("span", { class: `method ${method}` }, method.toUpperCase()), path);
      groups.get(group).push({ ...made, link });
      entries.push({ ...made, link });
    }
  }
  for (const [group, members] of groups) {
    contents.append(element("h2", {}, group), ...members.map((member) => member.link));
    operations.append(...members.map((member) => member.node));
  }
  document.getElementById("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const entry of entries) {
      const hidden = !entry.node.textContent.toLowerCase().includes(wanted);
      entry.node.hidden = entry.link.hidden = hidden;
      entry.link.style.display = hidden ? "none" : "";
    }
  });
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

fetch("/openapi.json")
  .then((answer) => answer.json())
  .then(render)
  .catch((error) => {
    document.getElementById("operations").replaceChildren(
      element("p", { class: "problem" }, `The API description could not be read: ${error.message}`));
  });
