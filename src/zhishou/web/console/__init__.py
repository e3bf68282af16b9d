"""The console: what people see and type, as HTML pages over the same house, sight and authority as the API."""
