"""The documents that are generated from the code: OpenAPI, AsyncAPI, and the tables in the services' READMEs."""
