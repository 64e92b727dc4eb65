{{include shared/elements.js}}
{{include shared/format.js}}
{{include shared/exact_json.js}}
{{include shared/server.js}}
{{include shared/login.js}}
